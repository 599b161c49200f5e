#include "autograd/ops/slice.h"

#include <limits>

#include "autograd/attributes.h"
#include "autograd/node.h"
#include "tensor/copy.h"
#include "tensor/factories.h"
#include "tensor/views.h"

namespace helder {
namespace {

struct SliceNode final : Node, HasAttributes {
  SliceNode() : Node("slice") {}
  int64_t dim = 0;
  std::optional<int64_t> start, end;
  int64_t step = 1;

  // An end that is left out is one that no dimension reaches.
  Attributes attributes() const override {
    return {{"dim", dim},
            {"start", start.value_or(0)},
            {"end", end.value_or(std::numeric_limits<int64_t>::max())},
            {"step", step}};
  }

  // dx is dy where the slice looked, and zero elsewhere.
  std::vector<Tensor> backward(const Tensor& dy) override {
    Tensor dx = zeros(input_shape(0), dtype(), device());
    copy_elements(views::slice(dx, dim, start, end, step), dy);
    return {dx};
  }
};

}  // namespace

Tensor slice(const Tensor& x, int64_t dim, std::optional<int64_t> start, std::optional<int64_t> end,
             int64_t step) {
  Tensor y = views::slice(x, dim, start, end, step);
  if (auto* node = record<SliceNode>(y, x)) {
    node->dim = dim;
    node->start = start;
    node->end = end;
    node->step = step;
  }
  return y;
}

}  // namespace helder
