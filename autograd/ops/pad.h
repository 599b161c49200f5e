#pragma once

#include <vector>

#include "tensor/tensor.h"

namespace helder {

enum class PadMode {
  Constant,   ///< `value` all around
  Reflect,    ///< mirrored at the edge, which is not repeated: c b | a b c | b a
  Replicate,  ///< the edge goes on: a a | a b c | c c
  Circular,   ///< from the other end: b c | a b c | a b
};

struct PadOptions {
  PadMode mode = PadMode::Constant;
  double value = 0;  ///< of PadMode::Constant
};

/// x with elements added at both ends of its last dimensions. `padding` counts from the last dimension:
/// {left, right}, or {left, right, top, bottom}, ... Negative numbers cut elements off.
///
/// Reflect takes less than the size of a dimension, circular at most the size (of what was not cut off).
/// Unlike PyTorch, which pads the last one to three dimensions of batches of pictures so, all modes pad any
/// dimensions.
Tensor pad(const Tensor& x, const std::vector<int64_t>& padding, const PadOptions& options = {});

}  // namespace helder
