#pragma once

#include <cstdint>

#include "kernels/pair_loss/pair_loss_cpu.h"

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

/// dx = scale dloss w [(1 - t) sigmoid(x) - p t sigmoid(-x)],  dt = scale dloss w [p softplus(-x) -
/// softplus(x)].  dloss [n] or, with `one_dloss`, a single number for all.
template <class T>
void binary_cross_entropy_with_logits_backward_cpu(PairSide side, int64_t n, const T* x, const T* t,
                                                   const T* weight, const T* pos_weight, const T* dloss,
                                                   bool one_dloss, double scale, T* d);

}  // namespace helder::kernels
