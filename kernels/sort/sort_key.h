#pragma once

#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "tensor/convert.h"

namespace helder::kernels {

/// An integer that orders as x does. The bits of a float, read as an integer, rise with its magnitude; below
/// zero they are turned round. Both zeros are equal, and NaN lies above infinity.
template <class T>
constexpr int64_t sort_key(T x) {
  if constexpr (std::is_integral_v<T>) {
    return static_cast<int64_t>(x);
  } else {
    const double number = convert<double>(x);
    if (number != number) {
      return std::numeric_limits<int64_t>::max();
    }
    const int64_t bits = std::bit_cast<int64_t>(number + 0.0);  // -0 + 0 = 0
    return bits < 0 ? bits ^ std::numeric_limits<int64_t>::max() : bits;
  }
}

/// What is sorted. No two entries of a row are equal, so that every algorithm gives the same result.
struct SortEntry {
  int64_t key, position;

  constexpr bool operator<(const SortEntry& other) const {
    return key != other.key ? key < other.key : position < other.position;
  }
};

/// Whether two numbers that were sorted belong to different groups: NaN is a group of its own each time.
template <class T>
constexpr bool differs(T a, T b) {
  if constexpr (std::is_arithmetic_v<T>) {
    return a != b;
  } else {
    return static_cast<float>(a) != static_cast<float>(b);
  }
}

}  // namespace helder::kernels
