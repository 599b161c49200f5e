#include "autograd/ops/flip.h"

#include "autograd/node.h"
#include "tensor/copy.h"
#include "tensor/factories.h"
#include "tensor/views.h"

namespace helder {
namespace {

// Reversed memory is a view with a negative stride that starts at the last element. No other code has to know
// such views: they are copied at once.
Tensor reversed_copy(const Tensor& x, const Shape& dims) {
  Shape strides = x.strides();
  int64_t offset = x.impl()->offset;
  for (int64_t d : dims) {
    const int dim = static_cast<int>(d);
    offset += std::max<int64_t>(0, x.shape()[dim] - 1) * strides[dim];
    strides[dim] = -strides[dim];
  }
  Tensor y = empty_like(x);
  copy_elements(y, views::as_strided(x, x.shape(), strides, offset));
  return y;
}

// Turning round twice is the identity: dx is dy reversed.
struct FlipNode final : Node {
  FlipNode() : Node("flip") {}
  Shape dims;

  std::vector<Tensor> backward(const Tensor& dy) override { return {reversed_copy(dy, dims)}; }
};

}  // namespace

Tensor flip(const Tensor& x, const Shape& dims) {
  Shape chosen;
  std::array<bool, kMaxRank> seen{};
  for (int64_t dim : dims) {
    check(x.rank() > 0, "flip: a scalar has no dimension to flip");
    const int d = normalize_dim("flip", dim, x.rank());
    check(!std::exchange(seen[static_cast<size_t>(d)], true), "flip: dimension {} is named twice in {}", dim,
          dims);
    chosen.push_back(d);
  }
  Tensor y = reversed_copy(x, chosen);
  if (auto* node = record<FlipNode>(y, x)) {
    node->dims = chosen;
  }
  return y;
}

}  // namespace helder
