#pragma once

#include <cmath>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tensor/tensor.h"
#include "tests/paths.h"
#include "weights/safetensors.h"

/// tests/fixtures/images/NAME.safetensors (generate_images.py).
inline helder::SafetensorsFile image_fixture(const std::string& name) {
  return helder::SafetensorsFile(
      helder::testing::source_path("tests/fixtures/images/" + name + ".safetensors"));
}

inline std::span<const std::byte> bytes_of(const helder::Tensor& tensor) {
  return {static_cast<const std::byte*>(tensor.raw_data()), static_cast<size_t>(tensor.numel())};
}
inline std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

/// How two images differ.
struct ImageDifference {
  int largest = 0;
  double mean = 0;
  double beyond_one = 0;  ///< the share of values that differ by more than 1
};
inline ImageDifference difference(const helder::Tensor& a, const helder::Tensor& b) {
  const auto x = a.to_vector<int64_t>(), y = b.to_vector<int64_t>();
  ImageDifference result;
  for (size_t i = 0; i < x.size(); ++i) {
    const int d = static_cast<int>(std::abs(x[i] - y.at(i)));
    result.largest = std::max(result.largest, d);
    result.mean += d / static_cast<double>(x.size());
    result.beyond_one += (d > 1) / static_cast<double>(x.size());
  }
  return result;
}
