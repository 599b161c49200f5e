#include "vision/boxes.h"

#include "autograd/ops/add.h"
#include "autograd/ops/clamp.h"
#include "autograd/ops/compare.h"
#include "autograd/ops/div.h"
#include "autograd/ops/masked_fill.h"
#include "autograd/ops/maximum.h"
#include "autograd/ops/minimum.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/select.h"
#include "autograd/ops/squeeze.h"
#include "autograd/ops/stack.h"
#include "autograd/ops/sub.h"

namespace helder {
namespace {

void check_boxes(const char* function, const Tensor& boxes) {
  check(boxes.rank() == 2 && boxes.size(1) == 4, "{}: expected boxes [N,4], got {}", function, boxes.shape());
}

Tensor column(const Tensor& boxes, int64_t i) { return select(boxes, 1, i); }

}  // namespace

Tensor box_convert(const Tensor& boxes, BoxFormat from, BoxFormat to) {
  check_boxes("box_convert", boxes);
  if (from == to) {
    return boxes;
  }
  const Tensor a = column(boxes, 0), b = column(boxes, 1), c = column(boxes, 2), d = column(boxes, 3);
  const auto corners = [&]() -> Tensor {
    switch (from) {
      case BoxFormat::CXCYWH:
        return stack({sub(a, mul(c, 0.5)), sub(b, mul(d, 0.5)), add(a, mul(c, 0.5)), add(b, mul(d, 0.5))}, 1);
      case BoxFormat::XYWH:
        return stack({a, b, add(a, c), add(b, d)}, 1);
      default:
        return boxes;
    }
  }();
  if (to == BoxFormat::XYXY) {
    return corners;
  }
  const Tensor left = column(corners, 0), top = column(corners, 1);
  const Tensor right = column(corners, 2), bottom = column(corners, 3);
  const Tensor width = sub(right, left), height = sub(bottom, top);
  return to == BoxFormat::XYWH
             ? stack({left, top, width, height}, 1)
             : stack({mul(add(left, right), 0.5), mul(add(top, bottom), 0.5), width, height}, 1);
}

Tensor box_area(const Tensor& boxes) {
  check_boxes("box_area", boxes);
  return mul(sub(column(boxes, 2), column(boxes, 0)), sub(column(boxes, 3), column(boxes, 1)));
}

Tensor box_iou(const Tensor& a, const Tensor& b) {
  check_boxes("box_iou", a);
  check_boxes("box_iou", b);
  const auto side = [&](int64_t axis) {  // [N,M]: how far they overlap
    const Tensor low = maximum(unsqueeze(column(a, axis), 1), column(b, axis));
    const Tensor high = minimum(unsqueeze(column(a, axis + 2), 1), column(b, axis + 2));
    return clamp_min(sub(high, low), 0);
  };
  const Tensor both = mul(side(0), side(1));
  const Tensor either = sub(add(unsqueeze(box_area(a), 1), box_area(b)), both);
  return div(both, masked_fill(either, eq(either, 0), 1));
}

Tensor box_centre_distance(const Tensor& a, const Tensor& b) {
  check_boxes("box_centre_distance", a);
  check_boxes("box_centre_distance", b);
  const auto square = [](const Tensor& x) { return mul(x, x); };
  const auto apart = [&](int64_t axis) {  // [N,M], squared
    const Tensor centre_a = add(column(a, axis), column(a, axis + 2)),
                 centre_b = add(column(b, axis), column(b, axis + 2));
    return square(mul(sub(unsqueeze(centre_a, 1), centre_b), 0.5));
  };
  const auto around = [&](int64_t axis) {
    const Tensor low = minimum(unsqueeze(column(a, axis), 1), column(b, axis));
    return square(sub(maximum(unsqueeze(column(a, axis + 2), 1), column(b, axis + 2)), low));
  };
  const Tensor diagonal = add(around(0), around(1));
  return div(add(apart(0), apart(1)), masked_fill(diagonal, eq(diagonal, 0), 1));
}

Tensor clip_boxes_to_image(const Tensor& boxes, int64_t height, int64_t width) {
  check_boxes("clip_boxes_to_image", boxes);
  const auto w = static_cast<double>(width), h = static_cast<double>(height);
  return stack({clamp(column(boxes, 0), 0, w), clamp(column(boxes, 1), 0, h), clamp(column(boxes, 2), 0, w),
                clamp(column(boxes, 3), 0, h)},
               1);
}

}  // namespace helder
