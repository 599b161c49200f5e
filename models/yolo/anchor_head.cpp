#include "models/yolo/anchor_head.h"

#include <algorithm>
#include <cmath>

#include "autograd/grad_mode.h"
#include "autograd/ops/add.h"
#include "autograd/ops/binary_cross_entropy_with_logits.h"
#include "autograd/ops/box_iou_loss.h"
#include "autograd/ops/cat.h"
#include "autograd/ops/exp.h"
#include "autograd/ops/index_select.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/narrow.h"
#include "autograd/ops/reshape.h"
#include "autograd/ops/select.h"
#include "autograd/ops/sigmoid.h"
#include "autograd/ops/sub.h"
#include "autograd/ops/sum.h"
#include "layers/init.h"

namespace helder {
namespace {

// Where the predictions of one picture start from, in the order of as_table: [R,2] each.
struct Starts {
  Tensor cells;    // column and row
  Tensor strides;  // pixels a cell, twice
  Tensor anchors;  // width and height in pixels
};

Starts starts_of(const std::vector<AnchorGrid>& grids, const Tensor& like) {
  std::vector<double> cells, strides, anchors;
  for (const AnchorGrid& grid : grids) {
    for (const DarknetYolo::Anchor& anchor : grid.anchors) {
      for (int64_t row = 0; row < grid.rows; ++row) {
        for (int64_t column = 0; column < grid.columns; ++column) {
          cells.insert(cells.end(), {static_cast<double>(column), static_cast<double>(row)});
          strides.insert(strides.end(), {grid.stride, grid.stride});
          anchors.insert(anchors.end(), {anchor.width, anchor.height});
        }
      }
    }
  }
  const Shape shape = {static_cast<int64_t>(cells.size() / 2), 2};
  return {beside(like, cells, shape), beside(like, strides, shape), beside(like, anchors, shape)};
}

Starts at_places(const Starts& starts, const Tensor& places) {
  return {index_select(starts.cells, 0, places), index_select(starts.strides, 0, places),
          index_select(starts.anchors, 0, places)};
}

// The boxes that numbers t [..., at least 4] make of where they start from, XYXY in pixels: [..., 4].
//
//   centre = stride (cell + s sigmoid(t_xy) - (s - 1) / 2),   size = anchor e^t_wh,   s = scale_x_y
Tensor boxes_from(const Tensor& t, const Starts& starts, double scale_x_y) {
  const Tensor place = sigmoid(narrow(t, -1, 0, 2)) * scale_x_y - 0.5 * (scale_x_y - 1);
  const Tensor centre = (starts.cells + place) * starts.strides;
  const Tensor half = exp(narrow(t, -1, 2, 2)) * starts.anchors * 0.5;
  return cat({centre - half, centre + half}, -1);
}

std::vector<AnchorGrid> grids_of(const AnchorHeadOptions& options, std::span<const Tensor> numbers) {
  check(numbers.size() == options.scales.size(), "AnchorHead: expected numbers of {} scales, got {}",
        options.scales.size(), numbers.size());
  std::vector<AnchorGrid> grids;
  for (size_t i = 0; i < numbers.size(); ++i) {
    grids.push_back({numbers[i].size(2), numbers[i].size(3), static_cast<double>(options.scales[i].stride),
                     options.scales[i].anchors});
  }
  return grids;
}

// The largest overlap with a thing.
double most_overlap(const YoloBox& box, const YoloTargets& targets) {
  double most = 0;
  for (const YoloTarget& target : targets) {
    most = std::max(most, iou(box, target.box));
  }
  return most;
}

// What is learned: P pairs of a prediction and a thing.
struct Matches {
  std::vector<int64_t> rows;    // of the predictions, among all N R
  std::vector<int64_t> places;  // the same within their pictures, 0 to R - 1
  std::vector<YoloBox> boxes;   // of the things
  std::vector<int64_t> labels;
};

Matches match(const std::vector<AnchorGrid>& grids, std::span<const YoloTargets> targets, int64_t R,
              double threshold) {
  std::vector<int64_t> first;  // place of each grid
  for (int64_t place = 0; const AnchorGrid& grid : grids) {
    first.push_back(place);
    place += grid.rows * grid.columns * static_cast<int64_t>(grid.anchors.size());
  }
  Matches matches;
  for (const AnchorMatch& m : best_anchors(targets, grids, threshold)) {
    const AnchorGrid& grid = grids[m.grid];
    const auto anchor = static_cast<int64_t>(m.anchor);
    const int64_t place = first[m.grid] + (anchor * grid.rows + m.row) * grid.columns + m.column;
    matches.rows.push_back(m.picture * R + place);
    matches.places.push_back(place);
    matches.boxes.push_back(m.target.box);
    matches.labels.push_back(m.target.label);
  }
  return matches;
}

// What each of N R predictions is to say of whether there is a thing, and whether that counts: 0 everywhere,
// but matched ones say how good they are, and those that are good by accident are left alone.
struct Objectness {
  std::vector<double> there, counts;
};

Objectness wanted_objectness(const std::vector<YoloBox>& boxes, const Matches& matches,
                             std::span<const YoloTargets> targets, const AnchorHeadOptions& options) {
  Objectness wanted = {std::vector<double>(boxes.size(), 0), std::vector<double>(boxes.size(), 1)};
  const size_t R = boxes.size() / targets.size();
  for (size_t i = 0; i < boxes.size(); ++i) {
    if (most_overlap(boxes[i], targets[i / R]) > options.ignore_threshold) {
      wanted.counts[i] = 0;
    }
  }
  for (size_t i = 0; i < matches.rows.size(); ++i) {
    const auto row = static_cast<size_t>(matches.rows[i]);
    wanted.there[row] = options.rescore ? iou(boxes[row], matches.boxes[i]) : 1;
    wanted.counts[row] = 1;
  }
  return wanted;
}

}  // namespace

AnchorHead::AnchorHead(const AnchorHeadOptions& options) : options_(options) {
  check(!options.scales.empty() && options.classes > 0, "AnchorHead: {} scales and {} classes",
        options.scales.size(), options.classes);
  for (const auto& scale : options.scales) {
    check(!scale.anchors.empty() && scale.stride > 0 && scale.channels > 0,
          "AnchorHead: a scale has {} anchors, cells of {} pixels and {} channels", scale.anchors.size(),
          scale.stride, scale.channels);
    const auto anchors = static_cast<int64_t>(scale.anchors.size()), each = 5 + options.classes;
    convs.push_back(make<YoloConv>(scale.channels, scale.channels, 3));
    outputs.push_back(make<Conv2d>(scale.channels, anchors * each, 1));
    // At first nothing is anywhere: else the many boxes on nothing drown the rest (Lin et al., "Focal
    // loss", 4.1).
    const NoGrad guard;
    Tensor bias = outputs[-1].bias.reshape({anchors, each});
    bias.select(1, 4).fill_(-4);
  }
  register_modules({{"convs", convs}, {"outputs", outputs}});
}

std::vector<int64_t> AnchorHead::anchor_counts() const {
  std::vector<int64_t> counts;
  for (const auto& scale : options_.scales) {
    counts.push_back(static_cast<int64_t>(scale.anchors.size()));
  }
  return counts;
}

std::vector<Tensor> AnchorHead::numbers(std::span<const Tensor> features) {
  check(features.size() == options_.scales.size(), "AnchorHead: expected features of {} scales, got {}",
        options_.scales.size(), features.size());
  std::vector<Tensor> said;
  for (size_t i = 0; i < features.size(); ++i) {
    const auto scale = static_cast<int64_t>(i);
    said.push_back(outputs[scale](convs[scale](features[i])));
  }
  return said;
}

YoloLoss AnchorHead::loss(std::span<const Tensor> numbers, std::span<const YoloTargets> targets) const {
  const std::vector<AnchorGrid> grids = grids_of(options_, numbers);
  const Tensor table = as_table(numbers, anchor_counts());  // [N, R, 5 + classes]
  const int64_t N = table.size(0), R = table.size(1);
  check_targets("AnchorHead", targets, N, options_.classes);
  const Starts starts = starts_of(grids, table);
  const Matches matches = match(grids, targets, R, options_.match_threshold);
  const std::vector<YoloBox> boxes = [&] {
    const NoGrad guard;
    return boxes_of(boxes_from(table, starts, options_.scale_x_y));  // N R
  }();

  const Objectness wanted = wanted_objectness(boxes, matches, targets, options_);
  const Tensor all = table.reshape({N * R, table.size(2)});
  const Tensor objectness = binary_cross_entropy_with_logits(
      all.select(1, 4), beside(table, wanted.there, {N * R}),
      {.weight = beside(table, wanted.counts, {N * R}), .reduction = Reduction::Sum});

  const Tensor chosen = index_select(all, 0, indices_beside(table, matches.rows));  // [P, 5 + classes]
  const Tensor found =
      boxes_from(chosen, at_places(starts, indices_beside(table, matches.places)), options_.scale_x_y);
  const Tensor box =
      complete_box_iou_loss(found, boxes_beside(table, matches.boxes), {.reduction = Reduction::Sum});
  const Tensor classes = binary_cross_entropy_with_logits(
      narrow(chosen, 1, 5, options_.classes), one_hot_beside(table, matches.labels, options_.classes),
      {.reduction = Reduction::Sum});

  const double matched = std::max<double>(1, static_cast<double>(matches.rows.size()));
  return {{{"box", box * (options_.box_gain / matched)},
           {"objectness", objectness * (options_.objectness_gain / matched)},
           {"classes", classes * (options_.class_gain / matched)}}};
}

BoxPredictions AnchorHead::predictions(std::span<const Tensor> numbers, int64_t picture,
                                       double threshold) const {
  std::vector<BoxPredictions> parts;
  for (size_t i = 0; i < numbers.size(); ++i) {
    const auto& scale = options_.scales.at(i);
    const Tensor grid = numbers[i][picture].detach().to(Device::Cpu);
    parts.push_back(decode_head(
        grid,
        DarknetYolo{.classes = options_.classes, .anchors = scale.anchors, .scale_x_y = options_.scale_x_y},
        static_cast<double>(grid.size(1) * scale.stride), static_cast<double>(grid.size(2) * scale.stride),
        threshold));
  }
  return join(parts);
}

std::string AnchorHead::describe() const {
  return fmt::format("AnchorHead(classes={}, scales={})", options_.classes, options_.scales.size());
}

std::vector<DarknetYolo::Anchor> cluster_anchors(std::vector<DarknetYolo::Anchor> sizes, size_t count) {
  check(sizes.size() >= count && count > 0, "cluster_anchors: {} boxes are too few for {} anchors",
        sizes.size(), count);
  using Anchor = DarknetYolo::Anchor;
  const auto by_area = [](const Anchor& a, const Anchor& b) {
    return a.width * a.height < b.width * b.height;
  };
  const auto overlap = [](const Anchor& a, const Anchor& b) {
    return iou({0, 0, a.width, a.height},
               {0, 0, b.width, b.height});  // about one corner: as about one centre
  };
  std::sort(sizes.begin(), sizes.end(), by_area);
  std::vector<Anchor> means;
  for (size_t k = 0; k < count; ++k) {
    means.push_back(sizes[(2 * k + 1) * sizes.size() / (2 * count)]);
  }
  constexpr int kRounds = 30;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<Anchor> sums(count, {0, 0});
    std::vector<double> members(count, 0);
    for (const Anchor& size : sizes) {
      size_t nearest = 0;
      for (size_t k = 1; k < count; ++k) {
        nearest = overlap(size, means[k]) > overlap(size, means[nearest]) ? k : nearest;
      }
      sums[nearest] = {sums[nearest].width + size.width, sums[nearest].height + size.height};
      members[nearest] += 1;
    }
    for (size_t k = 0; k < count; ++k) {
      if (members[k] > 0) {
        means[k] = {sums[k].width / members[k], sums[k].height / members[k]};
      }
    }
  }
  std::sort(means.begin(), means.end(), by_area);
  return means;
}

}  // namespace helder
