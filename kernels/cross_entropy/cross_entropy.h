#pragma once

#include "kernels/reduce/reduce.h"

namespace helder::kernels {

/// How cross entropy reads its labels.
struct CrossEntropyRule {
  double label_smoothing = 0;   ///< s: the share of the target that is spread evenly over the classes
  int64_t ignore_index = -100;  ///< a label that counts for nothing
};

/// Softmax cross entropy of logits x [outer, n classes, inner] with labels [outer, inner]. With t = label[o,
/// i], z[k] = x[o, k, i] - maximum[o, i] and log p[k] = z[k] - log_total[o, i]:
///
///   maximum[o, i]   = max over k of x[o, k, i]
///   log_total[o, i] = log(sum over k of exp(z[k]))
///   loss[o, i]      = -(1 - s) w[t] log p[t] - s/n sum over k of w[k] log p[k];  0 where the label is
///   ignored
///
/// Every label is ignore_index or in [0, n). weight w [n], or null for 1. maximum and log_total are kept for
/// backward; the probabilities are not written.
template <class T>
void cross_entropy_forward_cpu(const ReduceGeometry& g, const CrossEntropyRule& rule, const T* x,
                               const int64_t* label, const T* weight, T* maximum, T* log_total, T* loss);
template <class T>
void cross_entropy_forward_cuda(const ReduceGeometry& g, const CrossEntropyRule& rule, const T* x,
                                const int64_t* label, const T* weight, T* maximum, T* log_total, T* loss);

/// dx[o, k, i] = scale dloss[o, i] (W p[k] - (1 - s) w[t] [k = t] - s/n w[k]),  W = (1 - s) w[t] + s/n sum of
/// w, and 0 where the label is ignored.
///
/// dloss [outer, inner] or, with `one_dloss`, a single number for all.
template <class T>
void cross_entropy_backward_cpu(const ReduceGeometry& g, const CrossEntropyRule& rule, const T* x,
                                const int64_t* label, const T* weight, const T* maximum, const T* log_total,
                                const T* dloss, bool one_dloss, double scale, T* dx);
template <class T>
void cross_entropy_backward_cuda(const ReduceGeometry& g, const CrossEntropyRule& rule, const T* x,
                                 const int64_t* label, const T* weight, const T* maximum, const T* log_total,
                                 const T* dloss, bool one_dloss, double scale, T* dx);

}  // namespace helder::kernels
