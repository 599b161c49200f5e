#pragma once

#include <cstdint>

namespace helder::kernels {

/// loss[i] = (x[i] - target[i])^2 for i < n.
template <class T>
void mse_loss_forward_cpu(int64_t n, const T* x, const T* target, T* loss);

/// dx[i] = 2 scale dloss[i] (x[i] - target[i]).  dloss [n] or, with `one_dloss`, a single number for all.
/// The target's gradient is the same with the opposite sign: call it with a negative scale.
template <class T>
void mse_loss_backward_cpu(int64_t n, const T* x, const T* target, const T* dloss, bool one_dloss,
                           double scale, T* dx);

}  // namespace helder::kernels
