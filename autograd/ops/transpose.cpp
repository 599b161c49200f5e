#include "autograd/ops/transpose.h"

#include "autograd/attributes.h"
#include "autograd/node.h"
#include "tensor/views.h"

namespace helder {
namespace {

// Its own inverse.
struct TransposeNode final : Node, HasAttributes {
  TransposeNode() : Node("transpose") {}
  int64_t dim0 = 0, dim1 = 0;

  Attributes attributes() const override { return {{"dim0", dim0}, {"dim1", dim1}}; }

  std::vector<Tensor> backward(const Tensor& dy) override { return {views::transpose(dy, dim0, dim1)}; }
};

}  // namespace

Tensor transpose(const Tensor& x, int64_t dim0, int64_t dim1) {
  Tensor y = views::transpose(x, dim0, dim1);
  if (auto* node = record<TransposeNode>(y, x)) {
    node->dim0 = dim0;
    node->dim1 = dim1;
  }
  return y;
}

}  // namespace helder
