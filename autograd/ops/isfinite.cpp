#include "autograd/ops/isfinite.h"

#include "kernels/elementwise/isfinite.h"
#include "kernels/elementwise/unary_cpu.h"
#include "kernels/elementwise/unary_cuda.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"

namespace helder {
namespace {

template <class F>
Tensor ask(const Tensor& input, bool answer_for_integers) {
  if (!is_floating_point(input.dtype())) {
    return full(input.shape(), answer_for_integers, DType::Bool, input.device());
  }
  const bool half = size_of(input.dtype()) == 2;  // float32 holds every 16-bit number
  const Tensor x = contiguous_copy(half ? converted_copy(input, DType::Float32) : input);
  Tensor y = empty(x.shape(), DType::Bool, x.device());
  visit_floating(x.dtype(), "isfinite", [&]<class T>() {
    if (x.is_cpu()) {
      kernels::unary_forward_cpu(F{}, x.numel(), x.data<T>(), y.data<bool>());
    } else if constexpr (kCudaBuilt) {
      kernels::MapCuda<F, T, bool>::forward(F{}, x.numel(), x.cuda_data<T>(), y.cuda_data<bool>());
    }
  });
  return y;
}

}  // namespace

Tensor isnan(const Tensor& x) { return ask<kernels::IsNan>(x, false); }
Tensor isinf(const Tensor& x) { return ask<kernels::IsInf>(x, false); }
Tensor isfinite(const Tensor& x) { return ask<kernels::IsFinite>(x, true); }

}  // namespace helder
