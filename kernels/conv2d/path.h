#pragma once

#include <cstddef>

#include "kernels/conv2d/conv2d.h"

namespace helder::kernels {

/// The ways to compute a convolution, a folder each.
enum class Conv2dPath {
  Winograd,   ///< 3 x 3, stride 1, float32, enough channels: a quarter of the multiplications
  Depthwise,  ///< a channel at a time, without a matrix product
  Pointwise,  ///< 1 x 1: a matrix product of the picture as it is
  Implicit    ///< all others: a matrix product whose column matrix is never written
};

enum class Conv2dPass { Forward, BackwardInput, BackwardWeight };

/// Which way convolution g goes, for numbers of `bytes` bytes.
Conv2dPath conv2d_path(const Conv2dGeometry& g, Conv2dPass pass, size_t bytes);

}  // namespace helder::kernels
