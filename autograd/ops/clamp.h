#pragma once

#include <limits>

#include "tensor/tensor.h"

namespace helder {

/// x, but at least `low` and at most `high`. The gradient passes where low < x < high.
Tensor clamp(const Tensor& x, double low, double high);
inline Tensor clamp_min(const Tensor& x, double low) {
  return clamp(x, low, std::numeric_limits<double>::infinity());
}
inline Tensor clamp_max(const Tensor& x, double high) {
  return clamp(x, -std::numeric_limits<double>::infinity(), high);
}

}  // namespace helder
