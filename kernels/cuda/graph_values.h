#pragma once

#include <cstdint>

namespace helder::kernels {

/// For kernels that draw random numbers: null, or, while a graph is captured, where its replays find what is
/// to be added to the offset that the capture saw (modulo 2^64), so that each draws new numbers. `seed` is
/// that of the generator; in a graph that is the default one.
const uint64_t* random_shift(uint64_t seed);

}  // namespace helder::kernels
