#include "models/yolo/decoupled_head.h"

#include <algorithm>
#include <numeric>

#include "autograd/grad_mode.h"
#include "autograd/ops/add.h"
#include "autograd/ops/binary_cross_entropy_with_logits.h"
#include "autograd/ops/box_iou_loss.h"
#include "autograd/ops/cat.h"
#include "autograd/ops/distribution_focal_loss.h"
#include "autograd/ops/div.h"
#include "autograd/ops/index_select.h"
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
  std::vector<YoloPoint> centres;  // pixels
  std::vector<double> strides;     // pixels a cell

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
    for (const YoloPoint& centre : cells.centres) {
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

// What is learned: P pairs of a cell and a thing, and the scores of all cells.
struct Lesson {
  std::vector<int64_t> rows;      // of the cells, among all N R
  std::vector<int64_t> places;    // the same within their pictures, 0 to R - 1
  std::vector<YoloBox> boxes;     // of the things
  std::vector<double> weights;    // how much each pair counts
  std::vector<double> distances;  // [P,4], of the sides from the cell's centre, in cells
  std::vector<double> scores;     // [N,R,C]

  double total_weight() const { return std::max(1.0, std::accumulate(weights.begin(), weights.end(), 0.0)); }
};

// What the network says now decides what it is to learn. `boxes` [N,R], `scores` [N,R,C].
Lesson make_lesson(const std::vector<YoloBox>& boxes, const std::vector<double>& scores, const Cells& cells,
                   std::span<const YoloTargets> targets, const DecoupledHeadOptions& options) {
  const auto R = static_cast<int64_t>(cells.centres.size()), C = options.classes;
  const auto of_picture = [&](const auto& all, int64_t picture, int64_t each) {
    const auto begin = all.begin() + picture * R * each;
    return std::vector(begin, begin + R * each);
  };
  Lesson lesson;
  lesson.scores.resize(scores.size(), 0);
  for (int64_t n = 0; n < static_cast<int64_t>(targets.size()); ++n) {
    const YoloAnswers answers = {of_picture(boxes, n, 1), of_picture(scores, n, C), C};
    for (const auto& [cell, target, score] :
         task_aligned(targets[static_cast<size_t>(n)], answers, cells.centres, options.assignment)) {
      const auto place = static_cast<int64_t>(cell), row = n * R + place;
      lesson.rows.push_back(row);
      lesson.places.push_back(place);
      lesson.boxes.push_back(target.box);
      lesson.weights.push_back(score);
      lesson.scores[static_cast<size_t>(row * C + target.label)] = score;
      const auto [x, y] = cells.centres[cell];
      for (const double pixels :
           {x - target.box.left, y - target.box.top, target.box.right - x, target.box.bottom - y}) {
        const double most = static_cast<double>(options.bins - 1) - 0.01;  // that can be said
        lesson.distances.push_back(std::clamp(pixels / cells.strides[cell], 0.0, most));
      }
    }
  }
  return lesson;
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
  check_targets("DecoupledHead", targets, N, options_.classes);
  const CellTensors starts(cells, table);
  const Tensor sides = narrow(table, -1, 0, 4 * bins), logits = narrow(table, -1, 4 * bins, C);
  const Lesson lesson = [&] {
    const NoGrad guard;
    return make_lesson(boxes_of(boxes_from(sides, starts, bins)), sigmoid(logits).to_vector<double>(), cells,
                       targets, options_);
  }();

  const Tensor classes = binary_cross_entropy_with_logits(
      logits, beside(table, lesson.scores, logits.shape()), {.reduction = Reduction::Sum});

  const auto P = static_cast<int64_t>(lesson.rows.size());
  const Tensor chosen =
      index_select(sides.reshape({N * R, 4 * bins}), 0, indices_beside(table, lesson.rows));  // [P, 4 bins]
  const Tensor found = boxes_from(chosen, CellTensors(starts, indices_beside(table, lesson.places)), bins);
  const Tensor weights = beside(table, lesson.weights, {P});
  const Tensor box = sum(complete_box_iou_loss(found, boxes_beside(table, lesson.boxes)) * weights);
  const Tensor of_sides =
      distribution_focal_loss(chosen.reshape({4 * P, bins}), beside(table, lesson.distances, {4 * P}));
  const Tensor distribution = sum(sum(of_sides.reshape({P, 4}), {1}) * weights) * 0.25;

  const double total = lesson.total_weight();
  return {{{"box", box * (options_.box_gain / total)},
           {"distribution", distribution * (options_.distribution_gain / total)},
           {"classes", classes * (options_.class_gain / total)}}};
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
