#pragma once

#include "autograd/ops/reduction.h"
#include "tensor/tensor.h"

namespace helder {

struct TripletMarginLossOptions {
  double margin = 1;  ///< how much farther than the positive the negative should be; > 0
  double p = 2;       ///< of the norm; > 0, infinity for the largest difference
  double eps = 1e-6;  ///< added to each difference, so that the norm has a slope where two points are one
  bool swap = false;  ///< take the negative's distance from the positive where that is smaller
  Reduction reduction = Reduction::Mean;
};

/// max(0, d(anchor, positive) - d(anchor, negative) + margin), with d(a, b) = |a - b + eps|_p along the last
/// dimension (Schroff et al., "FaceNet", 2015; swap: Balntas et al., 2016). All three are [D] or [N, ..., D]
/// of one shape, float32 or float64; the losses have it without D.
Tensor triplet_margin_loss(const Tensor& anchor, const Tensor& positive, const Tensor& negative,
                           const TripletMarginLossOptions& options = {});

}  // namespace helder
