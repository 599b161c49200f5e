#include "autograd/ops/adaptive_avg_pool2d.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/adaptive_cases.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("adaptive_avg_pool2d: values and derivatives", "[ops][adaptive_avg_pool2d]") {
  check_op("adaptive_avg_pool2d", adaptive_cases<adaptive_avg_pool2d>());
}

TEST_CASE("adaptive_avg_pool2d: the number of threads changes no bit",
          "[ops][adaptive_avg_pool2d][threads]") {
  check_threads({
      {"global", {{9, 12, 41, 40}}, [](In x) { return adaptive_avg_pool2d(x[0], 1); }},
      {"overlapping",
       {{9, 12, 41, 40}},
       [](In x) {
         return adaptive_avg_pool2d(x[0], {7, 6});
       }},
  });
}

TEST_CASE("adaptive_avg_pool2d: a long float32 sum keeps its digits", "[ops][adaptive_avg_pool2d]") {
  // 0.1 in float32 added 160,000 times in float32 would be off by more than 1e-3.
  const Tensor x = full({1, 1, 400, 400}, 0.1);
  CHECK(adaptive_avg_pool2d(x, 1).item() == Approx(0.1).epsilon(1e-6));
  CHECK(adaptive_avg_pool2d(x, {1, 3}).at<float>({0, 0, 0, 1}) == Approx(0.1).epsilon(1e-6));
}

TEST_CASE("adaptive_avg_pool2d: errors", "[ops][adaptive_avg_pool2d]") {
  check_errors({
      {"adaptive_avg_pool2d: expected an input [C,H,W] or [N,C,H,W], got [4,4]",
       [] {
         adaptive_avg_pool2d(zeros({4, 4}), 2);
       }},
      {"adaptive_avg_pool2d: only the batch may be empty, got an input of shape [1,2,0,4]",
       [] {
         adaptive_avg_pool2d(zeros({1, 2, 0, 4}), 2);
       }},
      {"adaptive_avg_pool2d: the output size must not be negative, got 4x-1",
       [] {
         adaptive_avg_pool2d(zeros({1, 2, 4, 4}), {std::nullopt, -1});
       }},
      {"adaptive_avg_pool2d: int64 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] {
         adaptive_avg_pool2d(zeros({1, 1, 4, 4}, DType::Int64), 2);
       }},
  });
}
