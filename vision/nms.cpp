#include "vision/nms.h"

#include <algorithm>
#include <cmath>

#include "autograd/grad_mode.h"
#include "autograd/ops/pow.h"
#include "autograd/ops/sort.h"
#include "autograd/ops/sub.h"
#include "tensor/factories.h"
#include "vision/boxes.h"

namespace helder {
namespace {

void check_boxes(const char* function, const Tensor& boxes, const Tensor& scores) {
  check(boxes.rank() == 2 && boxes.size(1) == 4 && scores.shape() == Shape{boxes.size(0)},
        "{}: expected boxes [N,4] and scores [N], got {} and {}", function, boxes.shape(), scores.shape());
}

// Chosen one by one, on the processor: which boxes are left follows from each choice. `classes` may be empty.
std::vector<int64_t> suppress(const Tensor& boxes, const Tensor& scores, const std::vector<int64_t>& classes,
                              double threshold, std::optional<double> distance_exponent) {
  const NoGrad guard;
  const size_t count = static_cast<size_t>(boxes.size(0));
  const std::vector<int64_t> order = argsort(scores, 0, /*descending=*/true).to_vector<int64_t>();
  Tensor overlaps = box_iou(boxes, boxes);
  if (distance_exponent) {
    overlaps = sub(overlaps, pow(box_centre_distance(boxes, boxes), *distance_exponent));
  }
  const std::vector<double> overlap = overlaps.to_vector<double>();
  std::vector<int64_t> kept;
  std::vector<bool> gone(count);
  for (size_t i = 0; i < count; ++i) {
    const auto best = static_cast<size_t>(order[i]);
    if (gone[best]) {
      continue;
    }
    kept.push_back(order[i]);
    for (size_t j = i + 1; j < count; ++j) {
      const auto other = static_cast<size_t>(order[j]);
      if (overlap[best * count + other] > threshold && (classes.empty() || classes[best] == classes[other])) {
        gone[other] = true;
      }
    }
  }
  return kept;
}

Tensor as_tensor(const std::vector<int64_t>& numbers) {
  return from_data(numbers, {static_cast<int64_t>(numbers.size())});
}

}  // namespace

Tensor nms(const Tensor& boxes, const Tensor& scores, double iou_threshold,
           std::optional<double> distance_exponent) {
  check_boxes("nms", boxes, scores);
  return as_tensor(suppress(boxes, scores, {}, iou_threshold, distance_exponent));
}

Tensor batched_nms(const Tensor& boxes, const Tensor& scores, const Tensor& classes, double iou_threshold,
                   std::optional<double> distance_exponent) {
  check_boxes("batched_nms", boxes, scores);
  check(classes.shape() == scores.shape() && classes.dtype() == DType::Int64,
        "batched_nms: expected int64 classes {}, got {} {}", scores.shape(), name_of(classes.dtype()),
        classes.shape());
  return as_tensor(suppress(boxes, scores, classes.to_vector<int64_t>(), iou_threshold, distance_exponent));
}

SoftNmsResult soft_nms(const Tensor& boxes, const Tensor& scores, const SoftNmsOptions& options) {
  check_boxes("soft_nms", boxes, scores);
  const NoGrad guard;
  const size_t count = static_cast<size_t>(boxes.size(0));
  const std::vector<double> iou = box_iou(boxes, boxes).to_vector<double>();
  std::vector<double> left = scores.to_vector<double>();  // of those not chosen yet
  std::vector<bool> chosen(count);
  std::vector<int64_t> kept;
  std::vector<float> lowered;
  for (size_t round = 0; round < count; ++round) {
    size_t best = count;
    for (size_t i = 0; i < count; ++i) {
      if (!chosen[i] && (best == count || left[i] > left[best])) {
        best = i;
      }
    }
    if (left[best] < options.score_threshold) {
      break;
    }
    chosen[best] = true;
    kept.push_back(static_cast<int64_t>(best));
    lowered.push_back(static_cast<float>(left[best]));
    for (size_t i = 0; i < count; ++i) {
      const double overlap = iou[best * count + i];
      if (options.decay == SoftNmsDecay::Gaussian) {
        left[i] *= std::exp(-overlap * overlap / options.sigma);
      } else if (overlap > options.iou_threshold) {
        left[i] *= 1 - overlap;
      }
    }
  }
  return {as_tensor(kept), from_data(lowered, {static_cast<int64_t>(lowered.size())})};
}

}  // namespace helder
