#pragma once

#include "autograd/ops/reduction.h"
#include "tensor/tensor.h"

namespace helder {

struct DiceLossOptions {
  double smooth = 1;  ///< added above and below the line, so that an empty mask found empty has no loss
  Reduction reduction = Reduction::Mean;
};

/// How little two masks overlap, whatever their size: for each of the N masks, over all its elements,
///
///   1 - (2 sum p t + smooth) / (sum p + sum t + smooth)
///
/// (Milletari et al., "V-Net", 2016, here with sums instead of sums of squares, as DETR and SAM have it).
/// `p` holds probabilities, not logits: call sigmoid first. `p` and `target` have one shape [N, ...], float32
/// or float64; the losses are [N].
Tensor dice_loss(const Tensor& p, const Tensor& target, const DiceLossOptions& options = {});

}  // namespace helder
