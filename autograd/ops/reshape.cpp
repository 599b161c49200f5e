#include "autograd/ops/reshape.h"

#include "autograd/node.h"
#include "tensor/views.h"

namespace helder {
namespace {

// The same elements in the same order: dx is dy in x's shape.
struct ReshapeNode final : Node {
  ReshapeNode() : Node("reshape") {}

  std::vector<Tensor> backward(const Tensor& dy) override { return {views::reshape(dy, input_shape(0))}; }
};

}  // namespace

Tensor reshape(const Tensor& x, const Shape& shape) {
  Tensor y = views::reshape(x, shape);
  record<ReshapeNode>(y, x);
  return y;
}

Tensor view(const Tensor& x, const Shape& shape) {
  Tensor y = views::view(x, shape);
  record<ReshapeNode>(y, x);
  return y;
}

Tensor flatten(const Tensor& x, int64_t start_dim, int64_t end_dim) {
  const int first = normalize_dim("flatten", start_dim, x.rank());
  const int last = normalize_dim("flatten", end_dim, x.rank());
  check(first <= last, "flatten: start_dim {} comes after end_dim {}", start_dim, end_dim);
  Shape shape;
  int64_t merged = 1;
  for (int d = 0; d < x.rank(); ++d) {
    if (d >= first && d <= last) {
      merged *= x.shape()[d];
    }
    if (d == last) {
      shape.push_back(merged);
    } else if (d < first || d > last) {
      shape.push_back(x.shape()[d]);
    }
  }
  return reshape(x, x.rank() == 0 ? Shape{1} : shape);
}

}  // namespace helder
