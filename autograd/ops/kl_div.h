#pragma once

#include "tensor/tensor.h"

namespace helder {

/// What `kl_div` does with its elements. BatchMean, the sum divided by the first dimension, is the mean
/// divergence of a batch of distributions; Mean divides by all elements, which has no such meaning.
enum class KlReduction { Mean, BatchMean, Sum, None };

struct KlDivOptions {
  KlReduction reduction = KlReduction::Mean;
  bool log_target = false;  ///< the target holds logarithms too
};

/// The Kullback-Leibler divergence of q from p, element by element: p (log p - log q), and 0 where p is 0.
/// `log_q` holds logarithms (a log_softmax), `target` holds p, or log p with `log_target`. Both have one
/// shape, as for `mse_loss`; float32 or float64.
Tensor kl_div(const Tensor& log_q, const Tensor& target, const KlDivOptions& options = {});

}  // namespace helder
