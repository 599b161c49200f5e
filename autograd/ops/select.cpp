#include "autograd/ops/select.h"

#include "autograd/attributes.h"
#include "autograd/node.h"
#include "tensor/copy.h"
#include "tensor/factories.h"
#include "tensor/views.h"

namespace helder {
namespace {

struct SelectNode final : Node, HasAttributes {
  SelectNode() : Node("select") {}
  int64_t dim = 0, index = 0;

  Attributes attributes() const override { return {{"dim", dim}, {"index", index}}; }

  // dx is dy at the selected index, and zero elsewhere.
  std::vector<Tensor> backward(const Tensor& dy) override {
    Tensor dx = zeros(input_shape(0), dtype(), device());
    copy_elements(views::select(dx, dim, index), dy);
    return {dx};
  }
};

}  // namespace

Tensor select(const Tensor& x, int64_t dim, int64_t index) {
  Tensor y = views::select(x, dim, index);
  if (auto* node = record<SelectNode>(y, x)) {
    node->dim = dim;
    node->index = index;
  }
  return y;
}

}  // namespace helder
