#include "kernels/dropout/dropout.h"

#include <vector>

#include "tensor/parallel.h"
#include "tensor/random.h"
#include "tests/catch.h"

using namespace helder;

TEST_CASE("dropout's vectors draw the words of philox_word", "[kernels]") {
  // More than a chunk, a group or a vector; and a counter that carries into its upper half.
  const uint64_t seed = 0x123456789abcdef0u;
  for (uint64_t offset : {uint64_t{0}, uint64_t{17}, uint64_t{0xfffffff0u}}) {
    for (int64_t n : {1, 3, 63, 64, 65, 1000, 16384 + 5}) {
      const std::vector<float> x(static_cast<size_t>(n), 1.0f);
      std::vector<float> y(x.size(), -1.0f);
      kernels::dropout_cpu(n, 0.75, seed, offset, x.data(), y.data());
      int64_t wrong = 0;
      for (size_t i = 0; i < y.size(); ++i) {
        const bool dropped = philox_word(seed, offset, i) < 0xC0000000u;
        wrong += y[i] == (dropped ? 0.0f : 4.0f) ? 0 : 1;
      }
      CAPTURE(offset, n);
      CHECK(wrong == 0);
    }
  }
}

TEST_CASE("dropout with p = 1 leaves zeros", "[kernels]") {
  const std::vector<double> x(100000, 3.0);
  std::vector<double> y(x.size(), -1.0);
  kernels::dropout_cpu(static_cast<int64_t>(x.size()), 1.0, 5, 0, x.data(), y.data());
  CHECK(y == std::vector<double>(x.size(), 0.0));
}
