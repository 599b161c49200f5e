#include "models/yolo/grid_head.h"

#include <cmath>

#include "autograd/ops/add.h"
#include "autograd/ops/index_select.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/narrow.h"
#include "autograd/ops/reshape.h"
#include "autograd/ops/select.h"
#include "autograd/ops/sub.h"
#include "autograd/ops/sum.h"
#include "tensor/factories.h"

namespace helder {
namespace {

Tensor square(const Tensor& x) { return x * x; }

// What is learned: P pairs of a cell's box and a thing, and the confidence of all boxes.
struct Lesson {
  std::vector<int64_t> cells, boxes;  // of each pair, among all N H W cells and their B boxes
  std::vector<int64_t> labels;
  std::vector<double> places;              // [P,4]: x, y, sqrt w, sqrt h, as the head says them
  std::vector<double> confidence, counts;  // of all boxes: what it is to be, and how much that matters
};

// `said`: five numbers of each box, in order.
Lesson make_lesson(const std::vector<double>& said, int64_t H, int64_t W,
                   std::span<const YoloTargets> targets, const GridHeadOptions& options) {
  const auto stride = static_cast<double>(options.stride);
  const double width = static_cast<double>(W) * stride, height = static_cast<double>(H) * stride;
  const auto box_at = [&](int64_t number, const CellMatch& cell) -> YoloBox {
    const double* t = said.data() + 5 * number;
    const double x = (static_cast<double>(cell.column) + t[0]) * stride;
    const double y = (static_cast<double>(cell.row) + t[1]) * stride;
    const double w = t[2] * t[2] * width, h = t[3] * t[3] * height;
    return {x - w / 2, y - h / 2, x + w / 2, y + h / 2};
  };
  Lesson lesson;
  lesson.confidence.resize(said.size() / 5, 0);
  lesson.counts.resize(said.size() / 5, options.nothing);
  for (const CellMatch& match : responsible_cells(targets, H, W, stride)) {
    const YoloBox& truth = match.target.box;
    const int64_t cell = (match.picture * H + match.row) * W + match.column;
    int64_t best = cell * options.boxes;  // the box that overlaps the thing most
    for (int64_t box = best + 1; box < (cell + 1) * options.boxes; ++box) {
      best = iou(box_at(box, match), truth) > iou(box_at(best, match), truth) ? box : best;
    }
    lesson.cells.push_back(cell);
    lesson.boxes.push_back(best);
    lesson.labels.push_back(match.target.label);
    lesson.places.insert(lesson.places.end(),
                         {truth.centre_x() / stride - static_cast<double>(match.column),
                          truth.centre_y() / stride - static_cast<double>(match.row),
                          std::sqrt(truth.width() / width), std::sqrt(truth.height() / height)});
    lesson.confidence[static_cast<size_t>(best)] = iou(box_at(best, match), truth);
    lesson.counts[static_cast<size_t>(best)] = 1;
  }
  return lesson;
}

}  // namespace

GridHead::GridHead(const GridHeadOptions& options)
    : conv(options.channels, options.channels, 3),
      output(options.channels, 5 * options.boxes + options.classes, 1),
      options_(options) {
  check(options.stride > 0 && options.boxes > 0 && options.classes > 0,
        "GridHead: cells of {} pixels, {} boxes and {} classes", options.stride, options.boxes,
        options.classes);
  register_modules({{"conv", conv}, {"output", output}});
}

std::vector<Tensor> GridHead::numbers(std::span<const Tensor> features) {
  check(features.size() == 1, "GridHead: expected features of one scale, got {}", features.size());
  return {output(conv(features[0]))};
}

YoloLoss GridHead::loss(std::span<const Tensor> numbers, std::span<const YoloTargets> targets) const {
  check(numbers.size() == 1, "GridHead: expected numbers of one scale, got {}", numbers.size());
  const int64_t H = numbers[0].size(2), W = numbers[0].size(3), N = numbers[0].size(0);
  const int64_t B = options_.boxes, C = options_.classes;
  check_targets("GridHead", targets, N, options_.classes);
  const std::array<int64_t, 1> one_group = {1};
  const Tensor table = as_table(numbers, one_group).reshape({N * H * W, 5 * B + C});
  const Tensor boxes = narrow(table, 1, 0, 5 * B).reshape({N * H * W * B, 5});
  const Lesson lesson = make_lesson(boxes.to_vector<double>(), H, W, targets, options_);

  const auto P = static_cast<int64_t>(lesson.cells.size());
  const Tensor error = boxes.select(1, 4) - beside(table, lesson.confidence, {N * H * W * B});
  const Tensor objectness = sum(beside(table, lesson.counts, error.shape()) * square(error));
  const Tensor chosen = narrow(index_select(boxes, 0, indices_beside(table, lesson.boxes)), 1, 0, 4);
  const Tensor classes = narrow(index_select(table, 0, indices_beside(table, lesson.cells)), 1, 5 * B, C);
  const double each = 1 / static_cast<double>(N);
  return {
      {{"box", sum(square(chosen - beside(table, lesson.places, {P, 4}))) * (options_.coordinates * each)},
       {"objectness", objectness * each},
       {"classes", sum(square(classes - one_hot_beside(table, lesson.labels, C))) * each}}};
}

BoxPredictions GridHead::predictions(std::span<const Tensor> numbers, int64_t picture,
                                     double /*threshold*/) const {
  const Tensor said = numbers[0][picture].detach().to(Device::Cpu).to(DType::Float32);  // [5 B + C, H, W]
  const int64_t H = said.size(1), W = said.size(2), B = options_.boxes, C = options_.classes;
  const auto number = [&](int64_t i, int64_t row, int64_t column) {
    return said.select(0, i).at<float>({row, column});
  };
  std::vector<float> boxes, scores;
  for (int64_t row = 0; row < H; ++row) {
    for (int64_t column = 0; column < W; ++column) {
      for (int64_t b = 0; b < B; ++b) {
        const float w = number(5 * b + 2, row, column), h = number(5 * b + 3, row, column);
        boxes.insert(boxes.end(),
                     {(static_cast<float>(column) + number(5 * b, row, column)) / static_cast<float>(W),
                      (static_cast<float>(row) + number(5 * b + 1, row, column)) / static_cast<float>(H),
                      w * w, h * h});
        for (int64_t c = 0; c < C; ++c) {
          scores.push_back(number(5 * b + 4, row, column) * number(5 * B + c, row, column));
        }
      }
    }
  }
  const int64_t count = H * W * B;
  return {from_data(boxes, {count, 4}), from_data(scores, {count, C})};
}

std::string GridHead::describe() const {
  return fmt::format("GridHead(classes={}, boxes={})", options_.classes, options_.boxes);
}

}  // namespace helder
