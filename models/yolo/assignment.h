#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/darknet_options.h"

/// Which of a network's many predictions is to learn which thing of the truth. Each generation of YOLO has
/// its own answer. Plain loops on the processor: there are few things, and the choice is no function to
/// differentiate.
namespace helder {

/// In pixels of the network's input.
struct YoloBox {
  double left = 0, top = 0, right = 0, bottom = 0;

  double width() const { return right - left; }
  double height() const { return bottom - top; }
  double centre_x() const { return (left + right) / 2; }
  double centre_y() const { return (top + bottom) / 2; }
};

/// Intersection over union; 0 of two boxes without area.
double iou(const YoloBox& a, const YoloBox& b);

/// A thing to be found.
struct YoloTarget {
  YoloBox box;
  int64_t label = 0;
};

/// Those of one picture.
using YoloTargets = std::vector<YoloTarget>;

/// YOLOv1: the cell in which a thing's centre lies is responsible for it.
struct CellMatch {
  int64_t picture = 0, row = 0, column = 0;
  YoloTarget target;
};

/// Cells are squares of `stride` pixels. A cell has one class to say: of several things with their centres in
/// it the first is learned (Redmon et al., "You only look once", CVPR 2016, section 2). Things whose centre
/// lies outside of the grid are left out.
std::vector<CellMatch> responsible_cells(std::span<const YoloTargets> pictures, int64_t rows, int64_t columns,
                                         double stride);

/// One of the grids of a network with anchors, which are in pixels of its input.
struct AnchorGrid {
  int64_t rows = 0, columns = 0;
  double stride = 0;
  std::vector<DarknetYolo::Anchor> anchors;
};

struct AnchorMatch {
  int64_t picture = 0;
  size_t grid = 0, anchor = 0;
  int64_t row = 0, column = 0;
  YoloTarget target;
};

/// YOLOv2 and v3: of the cell in which a thing's centre lies, on the grid and with the anchor whose shape is
/// most like its own, by the IoU of both boxes about one centre. YOLOv4: and all other anchors whose IoU with
/// it is more than `threshold`, on any grid (darknet's iou_thresh). A prediction learns one thing: of several
/// whose best anchor it is the first, and then the first of the others.
std::vector<AnchorMatch> best_anchors(std::span<const YoloTargets> pictures,
                                      std::span<const AnchorGrid> grids, double threshold = 1);

/// What a network says of one picture, in a row for each cell.
struct YoloAnswers {
  std::vector<YoloBox> boxes;
  std::vector<double> scores;  ///< [cells, classes]: probabilities
  int64_t classes = 0;
};

struct YoloPoint {
  double x = 0, y = 0;
};

struct TaskAlignedOptions {
  size_t top_k = 10;  ///< the most predictions that learn a thing
  double alpha = 0.5, beta = 6;
};

struct AlignedMatch {
  size_t cell = 0;
  YoloTarget target;
  double score = 0;  ///< that the prediction is to give the class, and how much its box counts
};

/// YOLOv8, after Feng et al., "TOOD: task-aligned one-stage object detection", ICCV 2021, section 3.2: a
/// thing is learned by those who are already best at it, at naming and at framing it. Of the cells whose
/// `centres` (pixels) lie inside its box, the top_k with the highest
///
///   t = s^alpha u^beta,   s: the score that the cell gives the thing's class,   u: the IoU of its box
///
/// A cell that several things want goes to the one that its box overlaps most. The score to be learned is t,
/// scaled such that the best cell of each thing gets the highest u among its cells.
std::vector<AlignedMatch> task_aligned(const YoloTargets& targets, const YoloAnswers& answers,
                                       std::span<const YoloPoint> centres,
                                       const TaskAlignedOptions& options = {});

}  // namespace helder
