#pragma once

#include <cstdint>
#include <vector>

#include "tensor/tensor.h"

namespace helder {

/// How the elements of a tensor are spread, over the buckets that TensorFlow and torch.utils.tensorboard use:
/// each limit is 1.1 times the one before, from 1e-12 to 1e20, and the same below zero. So a gradient of 1e-9
/// is as well resolved as a weight of 1.
struct Histogram {
  double least = 0, greatest = 0, sum = 0, sum_of_squares = 0;
  int64_t count = 0;
  /// Bucket i holds the elements from upper_limits[i - 1] up to, but not including, upper_limits[i]. The
  /// first bucket is empty: its limit is where the second begins.
  std::vector<double> upper_limits, counts;
};

/// Elements that are not finite are left out; a histogram of none is one empty bucket.
Histogram histogram_of(const Tensor& x);

}  // namespace helder
