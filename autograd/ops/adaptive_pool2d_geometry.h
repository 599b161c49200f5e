#pragma once

// What the adaptive pooling ops share.

#include <optional>

#include "kernels/pool2d/adaptive_pool2d.h"
#include "tensor/tensor.h"

namespace helder {

/// The output's height and width; an absent one keeps the input's. One number means both: `7`, `{7, 5}`,
/// `{std::nullopt, 7}`.
struct AdaptiveSize {
  std::optional<int64_t> h, w;

  AdaptiveSize(int64_t both) : h(both), w(both) {}  // implicit, as Pair is
  AdaptiveSize(std::optional<int64_t> height, std::optional<int64_t> width) : h(height), w(width) {}
};

/// The size checked against an input [C, H, W] or [N, C, H, W].
kernels::AdaptivePool2dGeometry adaptive_pool2d_geometry(const char* operation, const Tensor& x,
                                                         const AdaptiveSize& size);

/// x's shape with the last two sizes replaced by the output's.
Shape adaptive_pool2d_shape(const Tensor& x, const kernels::AdaptivePool2dGeometry& geometry);

}  // namespace helder
