#pragma once

// What the elementwise ops share. Private to autograd/ops/: each op's own file says what it computes.

#include <cmath>
#include <utility>

#include "autograd/node.h"
#include "kernels/cuda/strided_index_of.h"
#include "kernels/elementwise/binary_cpu.h"
#include "kernels/elementwise/binary_cuda.h"
#include "kernels/elementwise/unary_cpu.h"
#include "kernels/elementwise/unary_cuda.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/on_cpu.h"

namespace helder {

/// Records y = f(x) for a functor of kernels/elementwise/.  dx = dy f'(x).
template <class F>
struct UnaryNode final : Node {
  UnaryNode() : Node(F::name) {}
  F f{};
  Saved kept{*this, F::keeps == kernels::Keeps::Input ? "input" : "output"};

  std::vector<Tensor> backward(const Tensor& dy) override {
    const Tensor& saved = kept;
    const Tensor dense = contiguous_copy(dy);
    Tensor dx = empty_like(saved);
    visit_floating(dx.dtype(), name(), [&]<class T>() {
      if (on_cpu(name(), saved, dense)) {
        kernels::unary_backward_cpu(f, dx.numel(), saved.data<T>(), dense.data<T>(), dx.data<T>());
      } else if constexpr (kCudaBuilt) {
        kernels::UnaryCuda<F>::backward(f, dx.numel(), saved.cuda_data<T>(), dense.cuda_data<T>(),
                                        dx.cuda_data<T>());
      }
    });
    return {dx};
  }
};

/// y = f(x) for functions whose values are not integers: an integer x is converted to float32, as in PyTorch.
template <class F>
Tensor unary_floating(const Tensor& input, const F& f = {}) {
  const Tensor x = (is_floating_point(input.dtype()) ? input : input.to(DType::Float32)).contiguous();
  Tensor y = empty_like(x);
  visit_floating(x.dtype(), F::name, [&]<class T>() {
    if (x.is_cpu()) {
      kernels::unary_forward_cpu(f, x.numel(), x.data<T>(), y.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::UnaryCuda<F>::forward(f, x.numel(), x.cuda_data<T>(), y.cuda_data<T>());
    }
  });
  if (auto* node = record<UnaryNode<F>>(y, x)) {
    node->f = f;
    node->kept = F::keeps == kernels::Keeps::Input ? x : y;
  }
  return y;
}

/// y = f(x) for functions that keep integers integers.
template <class F>
Tensor unary(const Tensor& x, const F& f = {}) {
  if (x.dtype() == DType::UInt8) {  // -5 is 251
    return unary(x.to(DType::Int64), f).to(DType::UInt8);
  }
  if (x.dtype() != DType::Int64) {
    return unary_floating(x, f);
  }
  const Tensor dense = contiguous_copy(x);
  Tensor y = empty_like(x);
  if (x.is_cpu()) {
    kernels::unary_forward_cpu(f, x.numel(), dense.data<int64_t>(), y.data<int64_t>());
  } else if constexpr (kCudaBuilt) {
    kernels::MapCuda<F, int64_t>::forward(f, x.numel(), dense.cuda_data<int64_t>(), y.cuda_data<int64_t>());
  }
  return y;
}

/// What kind of number a type holds: a truth value, an integer or a real number.
inline int kind_of(DType dtype) { return dtype == DType::Bool ? 0 : is_floating_point(dtype) ? 2 : 1; }

/// Both operands in the type in which they meet (`promote_types`). A tensor of rank 0 does not widen the
/// other's type within integers or within floats.
inline std::pair<Tensor, Tensor> promoted(const Tensor& a, const Tensor& b) {
  if (a.dtype() == b.dtype()) {
    return {a, b};
  }
  DType common = promote_types(a.dtype(), b.dtype());
  if ((a.rank() == 0) != (b.rank() == 0) && kind_of(a.dtype()) == kind_of(b.dtype())) {
    common = a.rank() == 0 ? b.dtype() : a.dtype();
  }
  return {a.to(common), b.to(common)};
}

/// `value` as an operand beside x: of x's type, but float32 where an integer x meets a value that is none, or
/// that no int64 holds.
inline Tensor operand(const Tensor& x, double value) {
  const bool whole = value == std::floor(value) && std::abs(value) < 0x1p63;
  const bool exact = is_floating_point(x.dtype()) || whole;
  return scalar(value,
                !exact                     ? DType::Float32
                : x.dtype() == DType::Bool ? DType::Int64
                                           : x.dtype(),
                x.device());
}

/// y = f(a, b) over the loop, whose operands are y, a and b. a and b are of type T.
template <class F, class T>
void binary_into(const char* name, const Tensor& y, const Tensor& a, const Tensor& b, const F& f,
                 const StridedLoop<3>& loop) {
  using R = decltype(f.forward(T{}, T{}));
  if (on_cpu(name, a, b)) {
    kernels::binary_forward_cpu(f, loop, y.data<R>(), a.data<T>(), b.data<T>());
  } else if constexpr (kCudaBuilt) {
    kernels::BinaryCuda<F>::forward(f, kernels::strided_index(loop), y.cuda_data<R>(), a.cuda_data<T>(),
                                    b.cuda_data<T>());
  }
}

/// y = f(a, b) over the broadcast shape. a and b have one type; R is what f returns for it.
template <class F>
Tensor binary(const char* name, const Tensor& a, const Tensor& b, const F& f = {}) {
  return visit_arithmetic(a.dtype(), name, [&]<class T>() {
    using R = decltype(f.forward(T{}, T{}));
    if (a.shape() == b.shape() && a.is_contiguous() && b.is_contiguous()) {
      Tensor y = empty(a.shape(), dtype_of<R>(), a.device());
      binary_into<F, T>(name, y, a, b, f, StridedLoop<3>(y.numel()));
      return y;
    }
    const Shape shape = broadcast_shapes(name, a.shape(), b.shape());
    Tensor y = empty(shape, dtype_of<R>(), a.device());
    const StridedLoop<3> loop(shape, {y.strides(), broadcast_strides(a.shape(), a.strides(), shape),
                                      broadcast_strides(b.shape(), b.strides(), shape)});
    binary_into<F, T>(name, y, a, b, f, loop);
    return y;
  });
}

/// The transpose of broadcasting: `dy`, of a broadcast shape, summed to `shape`. Not recorded.
Tensor sum_to(const Tensor& dy, const Shape& shape);

}  // namespace helder
