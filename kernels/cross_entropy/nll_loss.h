#pragma once

#include "kernels/reduce/reduce.h"

namespace helder::kernels {

/// loss[o, i] = -weight[t] x[o, t, i] with t = label[o, i];  0 where the label is ignore_index. x is [outer,
/// n classes, inner], weight [n] or null for 1.
template <class T>
void nll_loss_forward_cpu(const ReduceGeometry& g, int64_t ignore_index, const T* x, const int64_t* label,
                          const T* weight, T* loss);
template <class T>
void nll_loss_forward_cuda(const ReduceGeometry& g, int64_t ignore_index, const T* x, const int64_t* label,
                           const T* weight, T* loss);

/// dx[o, k, i] = -scale dloss[o, i] weight[k] [k = label[o, i]].  dloss [outer, inner] or, with `one_dloss`,
/// a single number.
template <class T>
void nll_loss_backward_cpu(const ReduceGeometry& g, int64_t ignore_index, const int64_t* label,
                           const T* weight, const T* dloss, bool one_dloss, double scale, T* dx);
template <class T>
void nll_loss_backward_cuda(const ReduceGeometry& g, int64_t ignore_index, const int64_t* label,
                            const T* weight, const T* dloss, bool one_dloss, double scale, T* dx);

}  // namespace helder::kernels
