#include "autograd/ops/glu.h"

#include "autograd/node.h"
#include "kernels/glu/glu.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/on_cpu.h"

namespace helder {
namespace {

// y = a s(b).  da = dy s(b),  db = dy a s(b) (1 - s(b)).
struct GluNode final : Node {
  GluNode() : Node("glu") {}
  kernels::GluGeometry geometry;
  Saved x{*this, "input"};

  std::vector<Tensor> backward(const Tensor& dy0) override {
    const Tensor dy = contiguous_copy(dy0);
    Tensor dx = empty(input_shape(0), dtype(), device());
    visit_floating(dtype(), name(), [&]<class T>() {
      if (on_cpu(name(), x.get(), dy)) {
        kernels::glu_backward_cpu(geometry, x.get().data<T>(), dy.data<T>(), dx.data<T>());
      } else if constexpr (kCudaBuilt) {
        kernels::glu_backward_cuda(geometry, x.get().cuda_data<T>(), dy.cuda_data<T>(), dx.cuda_data<T>());
      }
    });
    return {dx};
  }
};

}  // namespace

Tensor glu(const Tensor& input, int64_t dim) {
  check(input.rank() > 0, "glu: a scalar cannot be cut into halves");
  const int d = normalize_dim("glu", dim, input.rank());
  Shape shape = input.shape();
  check(shape[d] % 2 == 0, "glu: the size of dimension {} must be even, got {} (input {})", d, shape[d],
        shape);
  shape[d] /= 2;

  kernels::GluGeometry geometry;
  for (int i = 0; i < shape.rank(); ++i) {
    (i < d ? geometry.outer : geometry.inner) *= shape[i];
  }
  const Tensor x = contiguous_copy(input);
  Tensor y = empty(shape, x.dtype(), x.device());
  visit_floating(x.dtype(), "glu", [&]<class T>() {
    if (x.is_cpu()) {
      kernels::glu_forward_cpu(geometry, x.data<T>(), y.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::glu_forward_cuda(geometry, x.cuda_data<T>(), y.cuda_data<T>());
    }
  });
  if (auto* node = record<GluNode>(y, input)) {
    node->geometry = geometry;
    node->x = x;
  }
  return y;
}

}  // namespace helder
