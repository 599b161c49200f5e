#include "autograd/ops/lerp.h"

#include "autograd/ops/elementwise.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/sub.h"
#include "kernels/elementwise/lerp_cpu.h"

namespace helder {
namespace {

// y = a + w (b - a).  da = dy (1 - w),  db = dy w,  dw = dy (b - a), each summed over what was broadcast.
struct LerpNode final : Node {
  LerpNode() : Node("lerp") {}
  Saved a{*this, "start"}, b{*this, "end"}, w{*this, "weight"};

  std::vector<Tensor> backward(const Tensor& dy) override {
    return {needs_grad(0) ? sum_to(mul(dy, sub(1, w)), input_shape(0)) : Tensor(),
            needs_grad(1) ? sum_to(mul(dy, w), input_shape(1)) : Tensor(),
            needs_grad(2) ? sum_to(mul(dy, sub(b, a)), input_shape(2)) : Tensor()};
  }
};

}  // namespace

Tensor lerp(const Tensor& a, const Tensor& b, const Tensor& w) {
  check(a.dtype() == b.dtype() && a.dtype() == w.dtype(),
        "lerp: start, end and weight must have one type, got {}, {} and {}", name_of(a.dtype()),
        name_of(b.dtype()), name_of(w.dtype()));
  const Shape shape = broadcast_shapes("lerp", broadcast_shapes("lerp", a.shape(), b.shape()), w.shape());
  Tensor y = empty(shape, a.dtype(), a.device());
  const auto strides_of = [&](const Tensor& x) { return broadcast_strides(x.shape(), x.strides(), shape); };
  const StridedLoop<4> loop(shape, {y.strides(), strides_of(a), strides_of(b), strides_of(w)});
  visit_floating(a.dtype(), "lerp", [&]<class T>() {
    if (on_cpu("lerp", a, b, w)) {
      kernels::lerp_forward_cpu(loop, y.data<T>(), a.data<T>(), b.data<T>(), w.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::lerp_forward_cuda(kernels::strided_index(loop), y.cuda_data<T>(), a.cuda_data<T>(),
                                 b.cuda_data<T>(), w.cuda_data<T>());
    }
  });
  if (auto* node = record<LerpNode>(y, a, b, w)) {
    node->a = node->needs_grad(2) ? a : Tensor();
    node->b = node->needs_grad(2) ? b : Tensor();
    node->w = node->needs_grad(0) || node->needs_grad(1) ? w : Tensor();
  }
  return y;
}

Tensor lerp(const Tensor& start, const Tensor& end, double weight) {
  check(is_floating_point(start.dtype()), "lerp: expected floating point, got {}", name_of(start.dtype()));
  return lerp(start, end, scalar(weight, start.dtype(), start.device()));
}

}  // namespace helder
