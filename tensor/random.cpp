#include "tensor/random.h"

#include <cmath>
#include <numbers>

#include "tensor/error.h"

namespace helder {

double Generator::uniform() {
  const auto words = philox4x32(seed_, reserve(1));
  return uniform_double(words[0], words[1]);
}

double Generator::uniform(double low, double high) { return low + (high - low) * uniform(); }

double Generator::normal() {
  // Box-Muller. 1 - u lies in (0, 1], so the logarithm is finite.
  const auto words = philox4x32(seed_, reserve(1));
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform_double(words[0], words[1])));
  return radius * std::cos(2.0 * std::numbers::pi * uniform_double(words[2], words[3]));
}

int64_t Generator::randint(int64_t low, int64_t high) {
  check(low < high, "randint: the range [{}, {}) is empty", low, high);
  const uint64_t range = static_cast<uint64_t>(high) - static_cast<uint64_t>(low);
  const uint64_t bias_limit =
      (0 - range) % range;  // 2^64 mod range: values below it would be drawn once too often
  for (;;) {
    const auto words = philox4x32(seed_, reserve(1));
    const uint64_t bits = (uint64_t{words[0]} << 32) | words[1];
    if (bits >= bias_limit) {
      return static_cast<int64_t>(static_cast<uint64_t>(low) + bits % range);
    }
  }
}

Generator& default_generator() {
  static Generator generator;
  return generator;
}

void manual_seed(uint64_t seed) { default_generator().set_state(seed, 0); }

}  // namespace helder
