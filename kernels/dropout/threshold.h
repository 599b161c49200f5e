#pragma once

#include <cmath>
#include <cstdint>

namespace helder::kernels {

/// An element is dropped when its random word is below this.
inline uint32_t drop_threshold(double p) {
  return static_cast<uint32_t>(std::fmin(std::round(p * 0x1p32), 0x1p32 - 1));
}

/// What the elements that stay are multiplied with.
template <class T>
T keep_scale(double p) {
  return p < 1 ? static_cast<T>(1 / (1 - p)) : T(0);
}

}  // namespace helder::kernels
