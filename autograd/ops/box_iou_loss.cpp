#include "autograd/ops/box_iou_loss.h"

#include <numbers>

#include "autograd/ops/add.h"
#include "autograd/ops/atan.h"
#include "autograd/ops/clamp.h"
#include "autograd/ops/div.h"
#include "autograd/ops/maximum.h"
#include "autograd/ops/minimum.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/sub.h"
#include "autograd/ops/unbind.h"

namespace helder {
namespace {

struct Corners {
  Tensor left, top, right, bottom;  // [N]

  explicit Corners(const Tensor& boxes) {
    const std::vector<Tensor> columns = unbind(boxes, 1);
    left = columns[0], top = columns[1], right = columns[2], bottom = columns[3];
  }
  Tensor width() const { return right - left; }
  Tensor height() const { return bottom - top; }
};

Tensor square(const Tensor& x) { return x * x; }

// Two rows of boxes, and what the losses are made of: each [N].
struct BoxPairs {
  Corners a, b;

  BoxPairs(const char* name, const Tensor& first, const Tensor& second)
      : a(checked(name, first, second)), b(second) {}

  Tensor intersection() const {
    const Tensor width = minimum(a.right, b.right) - maximum(a.left, b.left);
    const Tensor height = minimum(a.bottom, b.bottom) - maximum(a.top, b.top);
    return clamp_min(width, 0) * clamp_min(height, 0);
  }
  Tensor either(const Tensor& both) const { return a.width() * a.height() + b.width() * b.height() - both; }
  Tensor iou(double eps) const {
    const Tensor both = intersection();
    return both / (either(both) + eps);
  }
  // Of the smallest box around both.
  Tensor width_around() const { return maximum(a.right, b.right) - minimum(a.left, b.left); }
  Tensor height_around() const { return maximum(a.bottom, b.bottom) - minimum(a.top, b.top); }

  // |p - q|^2 / c^2.
  Tensor centre_distance(double eps) const {
    const Tensor x = (a.left + a.right - b.left - b.right) * 0.5;
    const Tensor y = (a.top + a.bottom - b.top - b.bottom) * 0.5;
    return (square(x) + square(y)) / (square(width_around()) + square(height_around()) + eps);
  }
  Tensor aspect_distance() const {
    const Tensor angle = atan(b.width() / b.height()) - atan(a.width() / a.height());
    return square(angle) * (4 / (std::numbers::pi * std::numbers::pi));
  }

 private:
  static const Tensor& checked(const char* name, const Tensor& a, const Tensor& b) {
    check(a.rank() == 2 && a.size(1) == 4 && a.shape() == b.shape(),
          "{}: expected two rows of boxes [N,4], got {} and {}", name, a.shape(), b.shape());
    check(is_floating_point(a.dtype()) && a.dtype() == b.dtype(),
          "{}: boxes must both be float32 or float64, got {} and {}", name, name_of(a.dtype()),
          name_of(b.dtype()));
    return a;
  }
};

// As torchvision: the mean of no losses is 0.
Tensor reduce_boxes(const Tensor& losses, Reduction reduction) {
  const bool nothing = reduction == Reduction::Mean && losses.numel() == 0;
  return reduce_recorded(losses, nothing ? Reduction::Sum : reduction);
}

}  // namespace

Tensor box_iou_loss(const Tensor& a, const Tensor& b, const BoxIouLossOptions& options) {
  const BoxPairs pairs("box_iou_loss", a, b);
  return reduce_boxes(1 - pairs.iou(options.eps), options.reduction);
}

Tensor generalized_box_iou_loss(const Tensor& a, const Tensor& b, const BoxIouLossOptions& options) {
  const BoxPairs pairs("generalized_box_iou_loss", a, b);
  const Tensor both = pairs.intersection(), either = pairs.either(both);
  const Tensor around = pairs.width_around() * pairs.height_around();
  const Tensor empty_share = (around - either) / (around + options.eps);
  return reduce_boxes(1 - both / (either + options.eps) + empty_share, options.reduction);
}

Tensor distance_box_iou_loss(const Tensor& a, const Tensor& b, const BoxIouLossOptions& options) {
  const BoxPairs pairs("distance_box_iou_loss", a, b);
  return reduce_boxes(1 - pairs.iou(options.eps) + pairs.centre_distance(options.eps), options.reduction);
}

Tensor complete_box_iou_loss(const Tensor& a, const Tensor& b, const BoxIouLossOptions& options) {
  const BoxPairs pairs("complete_box_iou_loss", a, b);
  const Tensor iou = pairs.iou(options.eps), v = pairs.aspect_distance();
  const Tensor alpha = v.detach() / (1 - iou.detach() + v.detach() + options.eps);
  return reduce_boxes(1 - iou + pairs.centre_distance(options.eps) + alpha * v, options.reduction);
}

Tensor box_aspect_distance(const Tensor& a, const Tensor& b) {
  return BoxPairs("box_aspect_distance", a, b).aspect_distance();
}

}  // namespace helder
