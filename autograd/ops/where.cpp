#include "autograd/ops/where.h"

#include "autograd/ops/elementwise.h"
#include "kernels/elementwise/where_cpu.h"

namespace helder {
namespace {

// da = dy where the condition holds, else 0;  db the other way round. Each is summed over what was broadcast.
struct WhereNode final : Node {
  WhereNode() : Node("where") {}
  Saved condition{*this, "condition"};

  std::vector<Tensor> backward(const Tensor& dy) override {
    const Tensor zero = scalar(0, dtype(), device());
    return {Tensor(), needs_grad(1) ? sum_to(where(condition, dy, zero), input_shape(1)) : Tensor(),
            needs_grad(2) ? sum_to(where(condition, zero, dy), input_shape(2)) : Tensor()};
  }
};

Tensor choose(const Tensor& condition, const Tensor& a, const Tensor& b) {
  const Shape shape =
      broadcast_shapes("where", condition.shape(), broadcast_shapes("where", a.shape(), b.shape()));
  Tensor y = empty(shape, a.dtype(), a.device());
  const auto strides_of = [&](const Tensor& x) { return broadcast_strides(x.shape(), x.strides(), shape); };
  const StridedLoop<4> loop(shape, {y.strides(), strides_of(condition), strides_of(a), strides_of(b)});
  visit_any(a.dtype(), [&]<class T>() {
    if (on_cpu("where", condition, a, b)) {
      kernels::where_forward_cpu(loop, y.data<T>(), condition.data<bool>(), a.data<T>(), b.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::where_forward_cuda(kernels::strided_index(loop), y.cuda_data<T>(), condition.cuda_data<bool>(),
                                  a.cuda_data<T>(), b.cuda_data<T>());
    }
  });
  return y;
}

}  // namespace

Tensor where(const Tensor& condition, const Tensor& a0, const Tensor& b0) {
  check(condition.dtype() == DType::Bool, "where: the condition must be bool, got {}",
        name_of(condition.dtype()));
  const auto [a, b] = promoted(a0, b0);
  Tensor y = choose(condition, a, b);
  if (auto* node = record<WhereNode>(y, condition, a, b)) {
    node->condition = condition;
  }
  return y;
}

}  // namespace helder
