#pragma once

#include <cstdint>

#include "kernels/pair_loss/pair_loss.h"
#include "tensor/parallel.h"

namespace helder::kernels {

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
