#pragma once

#include <optional>

#include "tensor/random.h"
#include "tensor/tensor.h"

namespace helder {

struct AttentionOptions {
  /// bool: true where a query attends to a key. Floating point: added to the scores. Broadcast to [..., L,
  /// S].
  Tensor attn_mask = {};
  double dropout_p = 0;              ///< drops weights, whenever it is not 0
  bool is_causal = false;            ///< query i attends to keys 0 .. i only; not beside attn_mask
  std::optional<double> scale = {};  ///< of the scores; 1 / sqrt(E) by default
};

/// softmax(query key^T * scale + attn_mask) value (Vaswani et al., "Attention is all you need", 2017):
/// query [..., L, E], key [..., S, E], value [..., S, Ev] -> [..., L, Ev]; leading dimensions broadcast.
/// float32 or float64. Gradients for all three, and for a floating point mask.
///
/// The matrix [L, S] of scores is never stored, neither here nor for backward, but for the gradient of a
/// mask. A query that may attend to no key gets zeros. Dropout chooses weight (n, i, j) by word j of the
/// row's own Philox counters, (S + 3) / 4 a row: the same for any number of threads.
///
/// The result lies in memory in the order of query's dimensions: where the heads of [N, L, heads, E] were
/// transposed to [N, heads, L, E], transposing back costs nothing.
Tensor scaled_dot_product_attention(const Tensor& query, const Tensor& key, const Tensor& value,
                                    const AttentionOptions& options = {},
                                    Generator& generator = default_generator());

}  // namespace helder
