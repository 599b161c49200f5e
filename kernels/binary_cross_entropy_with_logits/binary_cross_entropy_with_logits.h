#pragma once

#include <cmath>
#include <cstdint>

#include "kernels/exp.h"
#include "kernels/pair_loss/pair_loss.h"

namespace helder::kernels {

/// For i < n, with softplus(x) = log(1 + e^x) = -log sigmoid(-x):
///
///   loss = w [(1 - t) softplus(x) + p t softplus(-x)]
///
/// x, t [n]; w = `weight` and p = `pos_weight` [n], or null for 1 everywhere. Both softplus come from the one
/// number log(1 + e^-|x|), which neither overflows nor rounds to 0 before the loss itself does.
template <class T>
void binary_cross_entropy_with_logits_forward_cpu(int64_t n, const T* x, const T* t, const T* weight,
                                                  const T* pos_weight, T* loss);
template <class T>
void binary_cross_entropy_with_logits_forward_cuda(int64_t n, const T* x, const T* t, const T* weight,
                                                   const T* pos_weight, T* loss);

/// dx = scale dloss w [(1 - t) sigmoid(x) - p t sigmoid(-x)],  dt = scale dloss w [p softplus(-x) -
/// softplus(x)].  dloss [n] or, with `one_dloss`, a single number for all.
template <class T>
void binary_cross_entropy_with_logits_backward_cpu(PairSide side, int64_t n, const T* x, const T* t,
                                                   const T* weight, const T* pos_weight, const T* dloss,
                                                   bool one_dloss, double scale, T* d);
template <class T>
void binary_cross_entropy_with_logits_backward_cuda(PairSide side, int64_t n, const T* x, const T* t,
                                                    const T* weight, const T* pos_weight, const T* dloss,
                                                    bool one_dloss, double scale, T* d);

// The formulas above for one pair, for every device.

/// softplus(x) and softplus(-x).
template <class T>
struct BothSoftplus {
  T positive, negative;
  constexpr explicit BothSoftplus(T x) {
    const T rest = std::log1p(fast_exp(x < T(0) ? x : -x));
    positive = (x > T(0) ? x : T(0)) + rest;
    negative = (x < T(0) ? -x : T(0)) + rest;
  }
};

/// The loss for w = 1.
template <class T>
constexpr T logit_loss(T x, T t, T p) {
  const BothSoftplus<T> softplus(x);
  return (T(1) - t) * softplus.positive + p * t * softplus.negative;
}

/// Its derivatives with respect to x and t.
template <class T>
constexpr T logit_slope(PairSide side, T x, T t, T p) {
  if (side == PairSide::Target) {
    const BothSoftplus<T> softplus(x);
    return p * softplus.negative - softplus.positive;
  }
  const T e = fast_exp(x < T(0) ? x : -x);
  const T small = e / (T(1) + e);  // sigmoid(-|x|)
  const T large = T(1) / (T(1) + e);
  const T of_x = x >= 0 ? large : small;
  const T of_minus_x = x >= 0 ? small : large;
  return (T(1) - t) * of_x - p * t * of_minus_x;
}

}  // namespace helder::kernels
