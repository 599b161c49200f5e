#include "autograd/ops/diagonal.h"

#include "autograd/node.h"
#include "tensor/copy.h"
#include "tensor/factories.h"
#include "tensor/views.h"

namespace helder {
namespace {

struct DiagonalNode final : Node {
  DiagonalNode() : Node("diagonal") {}
  int64_t offset = 0, dim1 = 0, dim2 = 1;

  // dx is dy on the diagonal, and zero elsewhere.
  std::vector<Tensor> backward(const Tensor& dy) override {
    Tensor dx = zeros(input_shape(0), dtype(), device());
    copy_elements(views::diagonal(dx, offset, dim1, dim2), dy);
    return {dx};
  }
};

}  // namespace

Tensor diagonal(const Tensor& x, int64_t offset, int64_t dim1, int64_t dim2) {
  Tensor y = views::diagonal(x, offset, dim1, dim2);
  if (auto* node = record<DiagonalNode>(y, x)) {
    node->offset = offset;
    node->dim1 = dim1;
    node->dim2 = dim2;
  }
  return y;
}

}  // namespace helder
