#pragma once

#include <span>
#include <string>
#include <vector>

#include "layers/batch_norm.h"
#include "layers/conv2d.h"
#include "models/darknet_boxes.h"
#include "models/yolo/assignment.h"

namespace helder {

/// A loss, and what it is the sum of.
struct YoloLoss {
  struct Part {
    std::string name;  ///< for people and for JSON: `box`, `objectness`, `classes`, `distribution`
    Tensor value;      ///< of rank 0
  };
  std::vector<Part> parts;

  Tensor total() const;
};

/// The last layers of a detector: features of one or more scales become numbers, and numbers become boxes. A
/// scale whose cells are s pixels wide has as many rows and columns as the network's input has s pixels.
class YoloHead : public Module {
 public:
  /// [N,channels,H,W] of each scale -> what the head says there, [N,numbers,H,W].
  virtual std::vector<Tensor> numbers(std::span<const Tensor> features) = 0;

  /// How wrong that is, as the mean over pictures or things. `targets` has an entry for each of the N
  /// pictures.
  virtual YoloLoss loss(std::span<const Tensor> numbers, std::span<const YoloTargets> targets) const = 0;

  /// What it means for one of the pictures, for vision/found_boxes.h. Boxes that get no class more than
  /// `threshold` may be left out.
  virtual BoxPredictions predictions(std::span<const Tensor> numbers, int64_t picture,
                                     double threshold) const = 0;

  /// Features [N,channels,H,W] of a head of one scale -> numbers [N,numbers,H,W].
  Tensor forward(const Tensor& x) override { return numbers({&x, 1}).at(0); }
};

/// A convolution, batch norm, and darknet's leaky ReLU, of slope 0.1; the size is divided by the stride.
/// Parameters: conv.weight, and those of norm.
class YoloConv : public Module {
 public:
  YoloConv(int64_t in_channels, int64_t out_channels, int64_t kernel_size, int64_t stride = 1);

  Conv2d conv;
  BatchNorm2d norm;

  Tensor forward(const Tensor& x) override;
  std::string describe() const override { return "YoloConv"; }
};

// ---- what the heads share

/// What is said of all scales as one table: a row a prediction, [N, predictions, numbers]. Each scale's
/// numbers are [N, groups n, H, W]; its predictions are ordered by group (anchor), row, column.
Tensor as_table(std::span<const Tensor> numbers, std::span<const int64_t> groups);

/// Throws unless there are targets for each of N pictures, of classes that there are.
void check_targets(const char* head, std::span<const YoloTargets> targets, int64_t N, int64_t classes);

/// Numbers as a tensor beside `like`: of its type, on its device.
Tensor beside(const Tensor& like, const std::vector<double>& values, const Shape& shape);
Tensor indices_beside(const Tensor& like, const std::vector<int64_t>& values);
/// A row for each label: 1 at the label, else 0. [N, classes]
Tensor one_hot_beside(const Tensor& like, const std::vector<int64_t>& labels, int64_t classes);
/// Rows of boxes, [N,4].
Tensor boxes_beside(const Tensor& like, const std::vector<YoloBox>& boxes);
/// Boxes [..., 4], XYXY, one after another.
std::vector<YoloBox> boxes_of(const Tensor& boxes);

}  // namespace helder
