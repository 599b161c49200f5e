#pragma once

#include <cstdint>
#include <type_traits>

#include "tensor/half.h"

namespace helder {

/// Converts one element, through float for the 16-bit types.
template <class To, class From>
constexpr To convert(From value) {
  constexpr bool from_half = std::is_same_v<From, Float16> || std::is_same_v<From, BFloat16>;
  constexpr bool to_half = std::is_same_v<To, Float16> || std::is_same_v<To, BFloat16>;
  if constexpr (std::is_same_v<To, From>) {
    return value;
  } else if constexpr (from_half) {
    return convert<To>(static_cast<float>(value));
  } else if constexpr (to_half) {
    return To(static_cast<float>(value));
  } else if constexpr (std::is_same_v<To, uint8_t> && std::is_floating_point_v<From>) {
    // A direct conversion is undefined outside 0..255; through int64 it wraps, as PyTorch's does on x86.
    return static_cast<uint8_t>(static_cast<int64_t>(value));
  } else {
    return static_cast<To>(value);
  }
}

}  // namespace helder
