#pragma once

#include <bit>
#include <cstdint>

#include "kernels/elementwise/functor.h"

namespace helder::kernels {

// Floats rounded to what matrix units multiply, and still floats. Infinities stay, NaN stays NaN.

/// To tf32, 10 bits of fraction: to nearest, ties away from zero, as the units' own conversion (cvt.rna) has
/// it.
struct ToTf32 {
  constexpr float forward(float x) const {
    const auto bits = std::bit_cast<uint32_t>(x);
    const bool finite = (bits & 0x7f800000u) != 0x7f800000u;
    return finite ? std::bit_cast<float>((bits + 0x1000u) & 0xffffe000u) : x;
  }
};

/// To bfloat16, 7 bits of fraction: to nearest, ties to even.
struct ToBFloat16 {
  constexpr float forward(float x) const {
    const auto bits = std::bit_cast<uint32_t>(x);
    const bool finite = (bits & 0x7f800000u) != 0x7f800000u;
    return finite ? std::bit_cast<float>((bits + 0x7fffu + (bits >> 16 & 1)) & 0xffff0000u) : x;
  }
};

}  // namespace helder::kernels
