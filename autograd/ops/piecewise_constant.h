#pragma once

// What floor, ceil, round and sign share. Private to autograd/ops/.

#include "autograd/node.h"
#include "kernels/elementwise/unary_cpu.h"
#include "kernels/elementwise/unary_cuda.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"

namespace helder {

/// Records y = f(x) for a functor of kernels/elementwise/ that is constant between its jumps: dx = 0, at the
/// jumps as well.
template <class F>
struct PiecewiseConstantNode final : Node {
  PiecewiseConstantNode() : Node(F::name) {}

  std::vector<Tensor> backward(const Tensor&) override { return {zeros(input_shape(0), dtype(), device())}; }
};

/// y = f(x); integers stay integers.
template <class F>
Tensor piecewise_constant(const Tensor& input) {
  const Tensor x = contiguous_copy(input);
  Tensor y = empty_like(x);
  const auto run = [&]<class T>() {
    if (x.is_cpu()) {
      kernels::unary_forward_cpu(F{}, x.numel(), x.data<T>(), y.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::MapCuda<F, T>::forward({}, x.numel(), x.cuda_data<T>(), y.cuda_data<T>());
    }
  };
  if (x.dtype() == DType::UInt8) {
    run.template operator()<uint8_t>();
  } else {
    visit_arithmetic(x.dtype(), F::name, run);
  }
  record<PiecewiseConstantNode<F>>(y, input);
  return y;
}

}  // namespace helder
