#include "kernels/stream.h"

#include <numeric>
#include <vector>

#include "autograd/ops/batch_norm.h"
#include "autograd/ops/gelu.h"
#include "autograd/ops/layer_norm.h"
#include "autograd/ops/softmax.h"
#include "tensor/factories.h"
#include "tests/catch.h"

using namespace helder;

TEMPLATE_TEST_CASE("stream_copy writes what it is asked to, at any alignment, and nothing else", "[kernels]",
                   float, double) {
  std::vector<TestType> from(200), to(300);
  std::iota(from.begin(), from.end(), TestType(1));
  for (const int64_t begin : {0, 1, 7, 15}) {
    for (const int64_t count : {0, 1, 9, 64, 133}) {
      std::fill(to.begin(), to.end(), TestType(-1));
      kernels::stream_copy(count, from.data() + 3, to.data() + begin);
      kernels::simd::finish_streaming();
      for (int64_t i = 0; i < 300; ++i) {
        const bool inside = i >= begin && i < begin + count;
        REQUIRE(to[static_cast<size_t>(i)] == (inside ? TestType(i - begin + 4) : TestType(-1)));
      }
    }
  }
}

namespace {

// The largest difference of `whole`'s first rows from `part`.
double distance(const Tensor& whole, const Tensor& part) {
  const std::vector<float> a = whole.slice(0, 0, part.size(0)).to_vector<float>(),
                           b = part.to_vector<float>();
  double largest = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, static_cast<double>(std::abs(a[i] - b[i])));
  }
  return largest;
}

}  // namespace

// Rows are as long as none of the pieces or vectors in which they are written.
TEST_CASE("ops whose results are so large that they are streamed compute what they compute in the cache",
          "[kernels]") {
  constexpr int64_t kRows = 8000, kColumns = 1061, kFew = 3;
  REQUIRE(kernels::is_streamed<float>(kRows * kColumns));
  const Tensor x = randn({kRows, kColumns}), dy = randn({kRows, kColumns});
  const auto check_rows = [&](auto op) {
    const auto run = [&](int64_t rows) {
      Tensor input = x.slice(0, 0, rows).clone().requires_grad_();
      const Tensor y = op(input);
      y.backward(dy.slice(0, 0, rows).clone());
      return std::pair(y.detach(), input.grad());
    };
    const auto [y, dx] = run(kRows);
    const auto [few_y, few_dx] = run(kFew);
    CHECK(distance(y, few_y) < 1e-6);
    CHECK(distance(dx, few_dx) < 1e-6);
  };
  check_rows([](const Tensor& input) { return gelu(input); });
  check_rows([](const Tensor& input) { return softmax(input, -1); });
  check_rows([](const Tensor& input) { return layer_norm(input, {kColumns}); });
}

TEST_CASE("batch_norm streams large results", "[kernels]") {
  // The statistics of twice the same samples are those of once.
  const Tensor x = randn({1, 2, 2100, 1001});
  Tensor twice = x.expand({2, 2, 2100, 1001}).clone();
  REQUIRE(kernels::is_streamed<float>(twice.numel()));
  REQUIRE_FALSE(kernels::is_streamed<float>(x.numel()));
  CHECK(distance(batch_norm(twice, {}, {}, {}, {}, true), batch_norm(x, {}, {}, {}, {}, true)) < 1e-5);
}
