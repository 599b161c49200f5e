#pragma once

#include <array>
#include <cstdint>

#include "tensor/tensor.h"

namespace helder {

/// What the elements of a tensor look like together. Those that are not finite are counted and left out.
struct Statistics {
  static constexpr int kBins = 40;

  double least = 0, greatest = 0, mean = 0, deviation = 0;
  double norm = 0;        ///< the root of the sum of squares
  double zero_share = 0;  ///< of the elements
  int64_t not_finite = 0;
  int64_t nan = 0;                       ///< of those
  std::array<int64_t, kBins> bins = {};  ///< of equal width, from least to greatest
};
Statistics statistics_of(const Tensor& x);

/// Channels (dimension 1 of [N,C,...], the last of [N,T,C]) that are 0 everywhere.
int64_t dead_channels(const Tensor& x);

}  // namespace helder
