#pragma once

#include "layers/multihead_attention.h"

namespace helder {

/// The masks of N sequences in scaled_dot_product_attention's convention, broadcastable to [N, heads, L, S]:
/// undefined without any, bool (true attends) when both are bool, else numbers to be added, of type `dtype`.
/// Causality becomes part of the mask where there is one already, or when `with_causal`. Throws where shapes
/// do not fit.
Tensor merge_masks(const AttentionMasks& masks, int64_t N, int64_t heads, int64_t L, int64_t S, DType dtype,
                   Device device, bool with_causal);

}  // namespace helder
