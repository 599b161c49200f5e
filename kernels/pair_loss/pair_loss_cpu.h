#pragma once

#include <cstdint>

#include "tensor/parallel.h"

namespace helder::kernels {

// A loss of pairs compares x[i] with target[i], each pair by itself. It is a functor with
//
//   static constexpr const char* name;   what graphs and errors call it
//   T forward(T x, T t) const;           the loss
//   T dx(T x, T t) const;                its derivative with respect to x
//   T dt(T x, T t) const;                and to the target
//
// written once and compiled for every device. The loops here are the CPU's.

/// loss[i] = weight[i] f(x[i], t[i]) for i < n. A null weight is 1 everywhere.
template <class F, class T>
void pair_loss_forward_cpu(const F& f, int64_t n, const T* x, const T* t, const T* weight, T* loss) {
  parallel_for(n, kElementGrain, [=](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      loss[i] = f.forward(x[i], t[i]);
    }
    if (weight != nullptr) {
      for (int64_t i = begin; i < end; ++i) {
        loss[i] *= weight[i];
      }
    }
  });
}

/// Which of the two the gradient is for.
enum class PairSide { X, Target };

/// d[i] = scale dloss[i] weight[i] f'(x[i], t[i]) for i < n.  dloss [n] or, with `one_dloss`, one number for
/// all.
template <class F, class T>
void pair_loss_backward_cpu(const F& f, PairSide side, int64_t n, const T* x, const T* t, const T* weight,
                            const T* dloss, bool one_dloss, double scale, T* d) {
  const T factor = static_cast<T>(scale);
  parallel_for(n, kElementGrain, [=](int64_t begin, int64_t end) {
    if (side == PairSide::X) {
      for (int64_t i = begin; i < end; ++i) {
        d[i] = factor * dloss[one_dloss ? 0 : i] * f.dx(x[i], t[i]);
      }
    } else {
      for (int64_t i = begin; i < end; ++i) {
        d[i] = factor * dloss[one_dloss ? 0 : i] * f.dt(x[i], t[i]);
      }
    }
    if (weight != nullptr) {
      for (int64_t i = begin; i < end; ++i) {
        d[i] *= weight[i];
      }
    }
  });
}

}  // namespace helder::kernels
