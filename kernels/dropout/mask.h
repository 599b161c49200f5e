#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "kernels/dropout/threshold.h"
#include "kernels/simd_interleave.h"
#include "tensor/random.h"

// Which elements dropout drops: what `dropout` and attention share. Private to their kernels.
namespace helder::kernels {

/// The words of 16 Philox counters: as many at a time hide the multiplications' latency.
inline constexpr int64_t kPhiloxWords = 64;

/// words[i] = philox_word(seed, offset, i) for i < kPhiloxWords: philox4x32 of tensor/random.h with a counter
/// a lane, each of its 32-bit words in the lower half of 64 bits, where the products need the room.
inline void philox_words(uint64_t seed, uint64_t offset, uint32_t* words) {
  using simd::Vec;
  constexpr int64_t kLanes = simd::kLanes<uint64_t>;
  constexpr int64_t kVectors = kPhiloxWords / 4 / kLanes;
  constexpr uint64_t kLow = 0xffffffffu;
  static_assert(std::endian::native == std::endian::little);  // two words are written as one
  Vec<uint64_t> x0[kVectors], x1[kVectors], x2[kVectors] = {}, x3[kVectors] = {};
  for (int64_t v = 0; v < kVectors; ++v) {
    uint64_t counter[kLanes];
    for (int64_t lane = 0; lane < kLanes; ++lane) {
      counter[lane] = offset + static_cast<uint64_t>(v * kLanes + lane);
    }
    x0[v] = simd::load(counter) & kLow;
    x1[v] = simd::load(counter) >> 32;
  }
  uint64_t key0 = seed & kLow;
  uint64_t key1 = seed >> 32;
  for (int round = 0; round < 10; ++round) {
    for (int64_t v = 0; v < kVectors; ++v) {
      const Vec<uint64_t> product0 = x0[v] * uint64_t{0xD2511F53u};
      const Vec<uint64_t> product1 = x2[v] * uint64_t{0xCD9E8D57u};
      x0[v] = (product1 >> 32) ^ x1[v] ^ key0;
      x1[v] = product1 & kLow;
      x2[v] = (product0 >> 32) ^ x3[v] ^ key1;
      x3[v] = product0 & kLow;
    }
    key0 = (key0 + 0x9E3779B9u) & kLow;
    key1 = (key1 + 0xBB67AE85u) & kLow;
  }
  for (int64_t v = 0; v < kVectors; ++v) {
    Vec<uint64_t> pairs[2];  // x0 x1 x2 x3 of one counter, then of the next
    simd::interleave<uint64_t>(x0[v] | (x1[v] << 32), x2[v] | (x3[v] << 32), pairs[0], pairs[1]);
    std::memcpy(words + 4 * kLanes * v, pairs, sizeof(pairs));
  }
}

}  // namespace helder::kernels
