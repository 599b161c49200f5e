#include "autograd/ops/tril.h"

#include "autograd/node.h"
#include "kernels/triangle/triangle.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"

namespace helder {
namespace {

Tensor triangle(const kernels::TriangleGeometry& geometry, const Tensor& given) {
  const Tensor x = contiguous_copy(given.detach());
  Tensor y = empty_like(x);
  visit_any(x.dtype(), [&]<class T>() {
    if (x.is_cpu()) {
      kernels::triangle_cpu(geometry, x.data<T>(), y.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::triangle_cuda(geometry, x.cuda_data<T>(), y.cuda_data<T>());
    }
  });
  return y;
}

// dx is the same triangle of dy.
struct TriangleNode final : Node {
  TriangleNode() : Node("tril or triu") {}
  kernels::TriangleGeometry geometry;

  std::vector<Tensor> backward(const Tensor& dy) override { return {triangle(geometry, dy)}; }
};

Tensor recorded_triangle(const char* operation, const Tensor& x, int64_t diagonal, bool lower) {
  check(x.rank() >= 2, "{}: expected at least 2 dimensions, got shape {}", operation, x.shape());
  kernels::TriangleGeometry geometry{
      .rows = x.size(-2), .columns = x.size(-1), .diagonal = 0, .lower = lower};
  geometry.diagonal = std::clamp(diagonal, -geometry.rows, geometry.columns);
  for (int d = 0; d < x.rank() - 2; ++d) {
    geometry.matrices *= x.shape()[d];
  }
  Tensor y = triangle(geometry, x);
  if (auto* node = record<TriangleNode>(y, x)) {
    node->geometry = geometry;
  }
  return y;
}

}  // namespace

Tensor tril(const Tensor& x, int64_t diagonal) { return recorded_triangle("tril", x, diagonal, true); }
Tensor triu(const Tensor& x, int64_t diagonal) { return recorded_triangle("triu", x, diagonal, false); }

}  // namespace helder
