#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tensor/tensor.h"

namespace helder {

/// Pictures and what is on them, all in memory.
struct ImageDataset {
  std::string name;  ///< for people and for JSON: `mnist`
  Tensor images;     ///< [N, channels, height, width], uint8
  Tensor labels;     ///< [N], int64, each in [0, classes)
  int64_t classes = 0;

  /// Of the training pixels scaled to 0..1, one number a channel: networks are fed (x / 255 - mean) /
  /// deviation.
  std::vector<float> mean;
  std::vector<float> deviation;

  int64_t size() const { return labels.size(0); }
};

/// A training set, and a test set that nothing is learned from.
struct TrainAndTest {
  ImageDataset train;
  ImageDataset test;
};

}  // namespace helder
