#include "autograd/ops/logical.h"

#include "autograd/ops/elementwise.h"
#include "kernels/elementwise/logical.h"

namespace helder {
namespace {

template <class F>
Tensor logical(const char* name, const Tensor& a0, const Tensor& b0) {
  const Tensor a = converted_copy(a0, DType::Bool);
  const Tensor b = converted_copy(b0, DType::Bool);
  const Shape shape = broadcast_shapes(name, a.shape(), b.shape());
  Tensor y = empty(shape, DType::Bool, a.device());
  const StridedLoop<3> loop(shape, {y.strides(), broadcast_strides(a.shape(), a.strides(), shape),
                                    broadcast_strides(b.shape(), b.strides(), shape)});
  if (on_cpu(name, a, b)) {
    kernels::binary_forward_cpu(F{}, loop, y.data<bool>(), a.data<bool>(), b.data<bool>());
  } else if constexpr (kCudaBuilt) {
    kernels::LogicalCuda<F>::forward(F{}, kernels::strided_index(loop), y.cuda_data<bool>(),
                                     a.cuda_data<bool>(), b.cuda_data<bool>());
  }
  return y;
}

}  // namespace

Tensor logical_and(const Tensor& a, const Tensor& b) { return logical<kernels::And>("logical_and", a, b); }
Tensor logical_or(const Tensor& a, const Tensor& b) { return logical<kernels::Or>("logical_or", a, b); }
Tensor logical_xor(const Tensor& a, const Tensor& b) { return logical<kernels::Xor>("logical_xor", a, b); }

Tensor logical_not(const Tensor& input) {
  const Tensor x = contiguous_copy(converted_copy(input, DType::Bool));
  Tensor y = empty_like(x);
  if (x.is_cpu()) {
    kernels::unary_forward_cpu(kernels::Not{}, x.numel(), x.data<bool>(), y.data<bool>());
  } else if constexpr (kCudaBuilt) {
    kernels::MapCuda<kernels::Not, bool>::forward({}, x.numel(), x.cuda_data<bool>(), y.cuda_data<bool>());
  }
  return y;
}

}  // namespace helder
