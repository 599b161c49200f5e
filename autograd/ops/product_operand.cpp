#include "autograd/ops/product_operand.h"

#include "autograd/matmul_precision.h"
#include "kernels/elementwise/round_operand.h"
#include "kernels/elementwise/unary_cpu.h"
#include "kernels/elementwise/unary_cuda.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"

namespace helder {
namespace {

template <class Rounding>
Tensor rounded(const Tensor& given) {
  const Tensor x = contiguous_copy(given.detach());
  const Tensor y = empty_like(x);
  if (x.is_cpu()) {
    kernels::unary_forward_cpu(Rounding{}, x.numel(), x.data<float>(), y.data<float>());
  } else if constexpr (kCudaBuilt) {
    kernels::MapCuda<Rounding, float>::forward({}, x.numel(), x.cuda_data<float>(), y.cuda_data<float>());
  }
  return y;
}

}  // namespace

Tensor product_operand(const Tensor& x) {
  const MatmulPrecision precision = float32_matmul_precision();
  if (precision == MatmulPrecision::Highest || !x.defined() || x.dtype() != DType::Float32) {
    return x;
  }
  return precision == MatmulPrecision::High ? rounded<kernels::ToTf32>(x) : rounded<kernels::ToBFloat16>(x);
}

kernels::ProductPrecision product_precision() {
  switch (float32_matmul_precision()) {
    case MatmulPrecision::Highest:
      return kernels::ProductPrecision::Float32;
    case MatmulPrecision::High:
      return kernels::ProductPrecision::Tf32;
    case MatmulPrecision::Medium:
      return kernels::ProductPrecision::BFloat16;
  }
  return kernels::ProductPrecision::Float32;
}

}  // namespace helder
