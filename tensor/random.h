#pragma once

#include <array>
#include <cstdint>

namespace helder {

/// Four random 32-bit words from (key, counter): Philox4x32-10 (Salmon et al., "Parallel random numbers: as
/// easy as 1, 2, 3", SC 2011). A pure function, so element i of a tensor can be drawn by any thread, or by a
/// GPU, in any order, with the same result.
constexpr std::array<uint32_t, 4> philox4x32(uint64_t key, uint64_t counter, uint64_t stream = 0) {
  std::array<uint32_t, 4> x = {static_cast<uint32_t>(counter), static_cast<uint32_t>(counter >> 32),
                               static_cast<uint32_t>(stream), static_cast<uint32_t>(stream >> 32)};
  uint32_t key0 = static_cast<uint32_t>(key);
  uint32_t key1 = static_cast<uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    const uint64_t product0 = uint64_t{0xD2511F53u} * x[0];
    const uint64_t product1 = uint64_t{0xCD9E8D57u} * x[2];
    x = {static_cast<uint32_t>(product1 >> 32) ^ x[1] ^ key0, static_cast<uint32_t>(product1),
         static_cast<uint32_t>(product0 >> 32) ^ x[3] ^ key1, static_cast<uint32_t>(product0)};
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  return x;
}

/// A float in [0, 1) with 24 random bits, and a double with 53.
constexpr float uniform_float(uint32_t bits) { return static_cast<float>(bits >> 8) * 0x1p-24f; }
constexpr double uniform_double(uint32_t high, uint32_t low) {
  return static_cast<double>((uint64_t{high} << 21) ^ (uint64_t{low} >> 11)) * 0x1p-53;
}

/// Element `i` of the stream that starts at (seed, offset), as the random fills and dropout draw it: one
/// 32-bit word an element, four elements a Philox counter.
constexpr uint32_t philox_word(uint64_t seed, uint64_t offset, uint64_t i) {
  return philox4x32(seed, offset + i / 4)[i % 4];
}

/// A source of random numbers: a seed and how many counters have been used. Two generators with the same seed
/// and offset go on alike; a checkpoint stores exactly these two numbers.
class Generator {
 public:
  explicit Generator(uint64_t seed = 0) : seed_(seed) {}

  uint64_t seed() const { return seed_; }
  uint64_t offset() const { return offset_; }
  void set_state(uint64_t seed, uint64_t offset) {
    seed_ = seed;
    offset_ = offset;
  }

  /// Reserves the counters for `count` elements (up to four words each) and returns the first one.
  uint64_t reserve(uint64_t count) {
    const uint64_t first = offset_;
    offset_ += count;
    return first;
  }

  /// Single draws, for code that is not a tensor operation.
  double uniform();                            ///< in [0, 1)
  double uniform(double low, double high);     ///< in [low, high)
  double normal();                             ///< mean 0, standard deviation 1
  int64_t randint(int64_t low, int64_t high);  ///< in [low, high), without modulo bias

 private:
  uint64_t seed_;
  uint64_t offset_ = 0;
};

/// The generator that factories, initialisers and dropout use when none is given.
Generator& default_generator();

/// Seeds the default generator and starts it from the beginning.
void manual_seed(uint64_t seed);

}  // namespace helder
