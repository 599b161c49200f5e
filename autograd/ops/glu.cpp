#include "autograd/ops/glu.h"

#include "autograd/node.h"
#include "kernels/glu/glu.h"
#include "tensor/copy.h"
#include "tensor/factories.h"

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
      kernels::glu_backward_cpu(geometry, x.get().data<T>(), dy.data<T>(), dx.data<T>());
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
  visit_floating(x.dtype(), "glu",
                 [&]<class T>() { kernels::glu_forward_cpu(geometry, x.data<T>(), y.data<T>()); });
  if (auto* node = record<GluNode>(y, input)) {
    node->geometry = geometry;
    node->x = x;
  }
  return y;
}

}  // namespace helder
