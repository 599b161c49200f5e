#pragma once

#include "autograd/ops/adaptive_pool2d_geometry.h"
#include "tensor/tensor.h"

namespace helder {

/// The mean of each of `size` windows that cover x [N,C,H,W] or [C,H,W] evenly: window o of an axis is
/// [o in / out, (o + 1) in / out), rounded down and up. Size 1 is global average pooling. float32 and
/// float64.
Tensor adaptive_avg_pool2d(const Tensor& x, const AdaptiveSize& size);

}  // namespace helder
