#pragma once

#include "autograd/ops/pair.h"
#include "tensor/tensor.h"

namespace helder {

/// How learned positions get to a grid of another size: bicubic in any case.
struct PositionResampling {
  bool antialias = true;  ///< when shrinking; timm does, Hugging Face and DINOv2 without registers do not
  /// Added to the new grid's sides, and the factor is taken from that: DINOv2's 0.1, which was to keep
  /// rounding from losing a row, and which moves every place a little.
  double offset = 0;
};

/// Positions [1, prefix + h w, dim], learned for patches on the grid `from`, for the grid `to`: [1, prefix +
/// h' w', dim]. Those of the first `prefix` tokens, which stand nowhere, stay what they are.
Tensor resample_positions(const Tensor& positions, Pair from, Pair to, int64_t prefix,
                          const PositionResampling& options = {});

}  // namespace helder
