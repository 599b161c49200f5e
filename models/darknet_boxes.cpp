#include "models/darknet_boxes.h"

#include <cmath>

#include "autograd/ops/add.h"
#include "autograd/ops/cat.h"
#include "autograd/ops/compare.h"
#include "autograd/ops/div.h"
#include "autograd/ops/exp.h"
#include "autograd/ops/floor.h"
#include "autograd/ops/index_select.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/narrow.h"
#include "autograd/ops/nonzero.h"
#include "autograd/ops/reshape.h"
#include "autograd/ops/select.h"
#include "autograd/ops/stack.h"
#include "autograd/ops/sub.h"
#include "autograd/ops/transpose.h"
#include "models/darknet.h"

namespace helder {
namespace {

// The boxes of all anchors. `head_of(anchor)` is a head of that one alone; `least`: what the number that says
// whether there is a box must exceed, before it is squashed; `unit_h`, `unit_w`: the sizes of the input in
// the anchors' unit.
template <class Head>
BoxPredictions decode(const Tensor& x, const Head& head, double least, bool squares, double unit_h,
                      double unit_w) {
  const int64_t count = static_cast<int64_t>(head.anchors.size()), H = x.size(1), W = x.size(2);
  const Tensor numbers = x.reshape({count, -1, H * W});  // [anchors, 5 + classes, cells]
  std::vector<BoxPredictions> parts;
  for (const DarknetYolo::Anchor& anchor : head.anchors) {
    const Tensor mine = numbers[static_cast<int64_t>(parts.size())];
    const Tensor cells = flat_nonzero(gt(mine[4], least));  // [K]
    Head alone = head;
    alone.anchors = {anchor};
    // Of a grid of 1 x K cells: few numbers have to be squashed.
    const Tensor chosen = index_select(mine, 1, cells);  // [5 + classes, K]
    const Tensor found = activate_head(chosen.unsqueeze(0).unsqueeze(2), alone).reshape(chosen.shape());
    const Tensor at = cells.to(x.dtype());
    const Tensor row = floor(div(add(at, 0.5), static_cast<double>(W)));
    const Tensor column = sub(at, mul(row, static_cast<double>(W)));
    const auto size = [&](int64_t number, double of_anchor, double unit) {
      const Tensor t = found[number];
      return mul(squares ? mul(mul(t, t), 4) : exp(t), of_anchor / unit);
    };
    parts.push_back({stack({div(add(column, found[0]), static_cast<double>(W)),
                            div(add(row, found[1]), static_cast<double>(H)), size(2, anchor.width, unit_w),
                            size(3, anchor.height, unit_h)},
                           1),
                     transpose(mul(narrow(found, 0, 5, found.size(0) - 5), narrow(found, 0, 4, 1)), 0, 1)});
  }
  return join(parts);
}

// The number whose sigmoid is p.
double logit(double p) { return std::log(p) - std::log1p(-p); }

}  // namespace

BoxPredictions decode_head(const Tensor& x, const DarknetYolo& head, double input_height, double input_width,
                           double threshold) {
  const double least = head.new_coords ? threshold : logit(threshold);
  return decode(x, head, least, head.new_coords, input_height, input_width);
}

BoxPredictions decode_head(const Tensor& x, const DarknetRegion& head, double threshold) {
  return decode(x, head, logit(threshold), false, static_cast<double>(x.size(1)),
                static_cast<double>(x.size(2)));
}

BoxPredictions join(std::span<const BoxPredictions> parts) {
  std::vector<Tensor> boxes, scores;
  for (const BoxPredictions& part : parts) {
    check(part.scores.size(1) == parts.front().scores.size(1), "join: heads of {} and of {} classes",
          parts.front().scores.size(1), part.scores.size(1));
    boxes.push_back(part.boxes);
    scores.push_back(part.scores);
  }
  return {cat(boxes, 0), cat(scores, 0)};
}

BoxPredictions predict_boxes(Darknet& net, const Tensor& x, double threshold) {
  check(x.rank() == 4 && x.size(0) == 1, "predict_boxes: expected one picture [1,C,H,W], got {}", x.shape());
  const std::vector<Tensor> outputs = net.forward_before_heads(x);
  std::vector<BoxPredictions> parts;
  for (size_t i = 0; i < outputs.size(); ++i) {
    const Tensor grid = outputs[i][0].to(Device::Cpu);  // a few boxes are picked from it, one by one
    const auto& kind = net.options().layers[static_cast<size_t>(net.heads()[i])].kind;
    if (const auto* yolo = std::get_if<DarknetYolo>(&kind)) {
      parts.push_back(decode_head(grid, *yolo, static_cast<double>(x.size(2)), static_cast<double>(x.size(3)),
                                  threshold));
    } else {
      parts.push_back(decode_head(grid, std::get<DarknetRegion>(kind), threshold));
    }
  }
  return join(parts);
}

}  // namespace helder
