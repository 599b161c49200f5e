#pragma once

#include "kernels/reduce/reduce.h"

namespace helder::kernels {

/// loss[o, i] = -x[o, label[o, i], i];  0 where the label is ignore_index. x is [outer, n classes, inner].
template <class T>
void nll_loss_forward_cpu(const ReduceGeometry& g, int64_t ignore_index, const T* x, const int64_t* label,
                          T* loss);

/// dx[o, k, i] = -scale dloss[o, i] [k = label[o, i]].  dloss [outer, inner] or, with `one_dloss`, a single
/// number.
template <class T>
void nll_loss_backward_cpu(const ReduceGeometry& g, int64_t ignore_index, const int64_t* label,
                           const T* dloss, bool one_dloss, double scale, T* dx);

}  // namespace helder::kernels
