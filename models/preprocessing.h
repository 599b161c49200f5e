#pragma once

#include <array>
#include <cstdint>

namespace helder {

enum class Resample : uint8_t { Bilinear, Bicubic };

/// How a classifier wants its images: the shorter side resized to `resize`, the middle `crop` x `crop` pixels
/// cut out, values from 0 to 1, then (x - mean) / std for red, green and blue.
struct Preprocessing {
  int64_t resize = 256;  ///< 0 leaves the size alone
  int64_t crop = 224;
  Resample resample = Resample::Bilinear;
  std::array<float, 3> mean = {0.485F, 0.456F, 0.406F};  // of ImageNet
  std::array<float, 3> std = {0.229F, 0.224F, 0.225F};
};

}  // namespace helder
