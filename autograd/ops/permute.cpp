#include "autograd/ops/permute.h"

#include "autograd/attributes.h"
#include "autograd/node.h"
#include "tensor/views.h"

namespace helder {
namespace {

struct PermuteNode final : Node, HasAttributes {
  PermuteNode() : Node("permute") {}
  Shape dims;

  Attributes attributes() const override { return {{"dims", dims}}; }

  // The inverse permutation: dimension dims[i] of dx is dimension i of dy.
  std::vector<Tensor> backward(const Tensor& dy) override {
    Shape inverse = dims;
    for (int i = 0; i < dims.rank(); ++i) {
      inverse[normalize_dim("permute", dims[i], dims.rank())] = i;
    }
    return {views::permute(dy, inverse)};
  }
};

}  // namespace

Tensor permute(const Tensor& x, const Shape& dims) {
  Tensor y = views::permute(x, dims);
  if (auto* node = record<PermuteNode>(y, x)) {
    node->dims = dims;
  }
  return y;
}

}  // namespace helder
