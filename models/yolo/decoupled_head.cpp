#include "models/yolo/decoupled_head.h"

#include <algorithm>
#include <cmath>

#include "autograd/grad_mode.h"
#include "autograd/ops/add.h"
#include "autograd/ops/binary_cross_entropy_with_logits.h"
#include "autograd/ops/box_iou_loss.h"
#include "autograd/ops/cat.h"
#include "autograd/ops/distribution_focal_loss.h"
#include "autograd/ops/div.h"
#include "autograd/ops/index_select.h"
#include "autograd/ops/mean.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/narrow.h"
#include "autograd/ops/reshape.h"
#include "autograd/ops/sigmoid.h"
#include "autograd/ops/sub.h"
#include "autograd/ops/sum.h"

namespace helder {
namespace {

// The centres of one picture's cells, in the order of as_table.
struct Cells {
  std::vector<Point> centres;   // pixels
  std::vector<double> strides;  // pixels a cell

  Cells(const DecoupledHeadOptions& options, std::span<const Tensor> numbers) {
    check(numbers.size() == options.scales.size(), "DecoupledHead: expected numbers of {} scales, got {}",
          options.scales.size(), numbers.size());
    for (size_t i = 0; i < numbers.size(); ++i) {
      const auto stride = static_cast<double>(options.scales[i].stride);
      for (int64_t row = 0; row < numbers[i].size(2); ++row) {
        for (int64_t column = 0; column < numbers[i].size(3); ++column) {
          centres.push_back(
              {stride * (static_cast<double>(column) + 0.5), stride * (static_cast<double>(row) + 0.5)});
          strides.push_back(stride);
        }
      }
    }
  }
};

// The same for tensors: [R,2] and [R,1].
struct CellTensors {
  Tensor centres, strides;

  CellTensors(const Cells& cells, const Tensor& like) {
    std::vector<double> xy;
    for (const Point& centre : cells.centres) {
      xy.insert(xy.end(), {centre.x, centre.y});
    }
    const auto count = static_cast<int64_t>(cells.centres.size());
    centres = beside(like, xy, {count, 2});
    strides = beside(like, cells.strides, {count, 1});
  }
  CellTensors(const CellTensors& of, const Tensor& rows)
      : centres(index_select(of.centres, 0, rows)), strides(index_select(of.strides, 0, rows)) {}
};

// Logits [..., 4 bins] of how far left, top, right and bottom are -> boxes XYXY in pixels, [..., 4].
Tensor boxes_from(const Tensor& logits, const CellTensors& cells, int64_t bins) {
  Shape shape = logits.shape();
  shape[shape.rank() - 1] = 4;
  const Tensor distances = distribution_mean(logits.reshape({-1, bins})).reshape(shape) * cells.strides;
  return cat({cells.centres - narrow(distances, -1, 0, 2), cells.centres + narrow(distances, -1, 2, 2)}, -1);
}

// How far a thing's sides are from a cell's centre, in cells, as far as `bins` numbers can say it.
void append_distances(std::vector<double>& to, const YoloBox& box, const Point& centre, double stride,
                      int64_t bins) {
  for (const double pixels :
       {centre.x - box.left, centre.y - box.top, box.right - centre.x, box.bottom - centre.y}) {
    to.push_back(std::clamp(pixels / stride, 0.0, static_cast<double>(bins - 1) - 0.01));
  }
}

}  // namespace

DecoupledHead::DecoupledHead(const DecoupledHeadOptions& options) : options_(options) {
  check(!options.scales.empty() && options.classes > 0 && options.bins >= 2,
        "DecoupledHead: {} scales, {} classes and {} bins", options.scales.size(), options.classes,
        options.bins);
  const auto branch = [](int64_t in, int64_t between, int64_t out, double bias) {
    const auto last = make<Conv2d>(between, out, 1);
    last->bias.detach().fill_(bias);
    return make<Sequential>(std::initializer_list<std::shared_ptr<Module>>{
        make<YoloConv>(in, between, 3), make<YoloConv>(between, between, 3), last});
  };
  for (const auto& [channels, stride] : options.scales) {
    check(channels > 0 && stride > 0, "DecoupledHead: a scale has {} channels and cells of {} pixels",
          channels, stride);
    boxes.push_back(branch(channels, options.box_channels, 4 * options.bins, 1));
    // At first nothing is anywhere: else the many cells on nothing drown the rest.
    classes.push_back(branch(channels, options.class_channels, options.classes, -4));
  }
  register_modules({{"boxes", boxes}, {"classes", classes}});
}

std::vector<Tensor> DecoupledHead::numbers(std::span<const Tensor> features) {
  check(features.size() == options_.scales.size(), "DecoupledHead: expected features of {} scales, got {}",
        options_.scales.size(), features.size());
  std::vector<Tensor> said;
  for (size_t i = 0; i < features.size(); ++i) {
    const auto scale = static_cast<int64_t>(i);
    said.push_back(cat({boxes[scale](features[i]), classes[scale](features[i])}, 1));
  }
  return said;
}

YoloLoss DecoupledHead::loss(std::span<const Tensor> numbers, std::span<const YoloTargets> targets) const {
  const int64_t bins = options_.bins, C = options_.classes;
  const Cells cells(options_, numbers);
  const Tensor table = as_table(numbers, std::vector<int64_t>(numbers.size(), 1));  // [N, R, 4 bins + C]
  const int64_t N = table.size(0), R = table.size(1);
  check(static_cast<int64_t>(targets.size()) == N, "DecoupledHead: {} pictures, and targets of {}", N,
        targets.size());
  const CellTensors starts(cells, table);
  const Tensor logits = narrow(table, -1, 4 * bins, C);

  // What the network says now decides what it is to learn.
  std::vector<YoloBox> said_boxes;
  std::vector<double> said_scores;
  {
    const NoGrad guard;
    said_boxes = boxes_of(boxes_from(narrow(table, -1, 0, 4 * bins), starts, bins));
    said_scores = sigmoid(logits).to_vector<double>();
  }
  std::vector<int64_t> rows, places;                  // of matches: in all N R, and in their picture
  std::vector<double> weights, distances;             // [P], [P,4]
  std::vector<double> scores(said_scores.size(), 0);  // [N,R,C], to be learned
  std::vector<YoloBox> truth;
  const auto cells_of = [&](const auto& all, int64_t picture, int64_t each) {
    const auto begin = all.begin() + picture * R * each;
    return std::vector(begin, begin + R * each);
  };
  for (int64_t n = 0; n < N; ++n) {
    const YoloAnswers answers = {cells_of(said_boxes, n, 1), cells_of(said_scores, n, C), C};
    for (const auto& [cell, target, score] :
         task_aligned(targets[static_cast<size_t>(n)], answers, cells.centres, options_.assignment)) {
      const auto place = static_cast<int64_t>(cell);
      rows.push_back(n * R + place);
      places.push_back(place);
      weights.push_back(score);
      scores[static_cast<size_t>((n * R + place) * C + target.label)] = score;
      append_distances(distances, target.box, cells.centres[cell], cells.strides[cell], bins);
      truth.push_back(target.box);
    }
  }
  double weight = 0;
  for (const double w : weights) {
    weight += w;
  }
  weight = std::max(weight, 1.0);

  const auto P = static_cast<int64_t>(rows.size());
  const Tensor class_loss = binary_cross_entropy_with_logits(logits, beside(table, scores, logits.shape()),
                                                             {.reduction = Reduction::Sum});
  const Tensor chosen =
      index_select(narrow(table, -1, 0, 4 * bins).reshape({N * R, 4 * bins}), 0, indices_beside(table, rows));
  const Tensor found = boxes_from(chosen, CellTensors(starts, indices_beside(table, places)), bins);
  const Tensor w = beside(table, weights, {P});
  const Tensor box = sum(complete_box_iou_loss(found, boxes_beside(table, truth)) * w);
  const Tensor sides =
      distribution_focal_loss(chosen.reshape({4 * P, bins}), beside(table, distances, {4 * P}))
          .reshape({P, 4});
  const Tensor distribution = sum(sum(sides, {1}) * w) * 0.25;
  return {{{"box", box * (options_.box_gain / weight)},
           {"distribution", distribution * (options_.distribution_gain / weight)},
           {"classes", class_loss * (options_.class_gain / weight)}}};
}

BoxPredictions DecoupledHead::predictions(std::span<const Tensor> numbers, int64_t picture,
                                          double /*threshold*/) const {
  const NoGrad guard;
  std::vector<Tensor> mine;
  for (const Tensor& scale : numbers) {
    mine.push_back(scale[picture].unsqueeze(0).to(Device::Cpu));
  }
  const Cells cells(options_, mine);
  const Tensor table = as_table(mine, std::vector<int64_t>(mine.size(), 1))[0];  // [R, 4 bins + C]
  const Tensor corners =
      boxes_from(narrow(table, 1, 0, 4 * options_.bins), CellTensors(cells, table), options_.bins);
  const Tensor low = narrow(corners, 1, 0, 2), high = narrow(corners, 1, 2, 2);
  const auto stride = static_cast<double>(options_.scales[0].stride);
  const Tensor input = beside(
      table, {static_cast<double>(mine[0].size(3)) * stride, static_cast<double>(mine[0].size(2)) * stride},
      {2});
  return {cat({(low + high) * 0.5 / input, (high - low) / input}, 1),
          sigmoid(narrow(table, 1, 4 * options_.bins, options_.classes))};
}

std::string DecoupledHead::describe() const {
  return fmt::format("DecoupledHead(classes={}, bins={})", options_.classes, options_.bins);
}

}  // namespace helder
