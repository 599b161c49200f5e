#include "autograd/ops/adaptive_max_pool2d.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/adaptive_cases.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("adaptive_max_pool2d: values and derivatives", "[ops][adaptive_max_pool2d]") {
  constexpr auto indices = [](In x) { return adaptive_max_pool2d_with_indices(x[0], 2).indices; };
  check_op("adaptive_max_pool2d", adaptive_cases<adaptive_max_pool2d>(),
           {
               {"indices",
                [](In x) {
                  return adaptive_max_pool2d_with_indices(x[0], {3, 2}).indices;
                }},
               {"ties", [](In x) { return adaptive_max_pool2d(x[0], 2); }, kNoQuotient},
               {"indices of ties", indices},
               {"indices of NaN and infinities", indices},
           });
}

TEST_CASE("adaptive_max_pool2d: the number of threads changes no bit",
          "[ops][adaptive_max_pool2d][threads]") {
  check_threads({
      {"overlapping",
       {{9, 12, 41, 40}},
       [](In x) {
         return adaptive_max_pool2d(x[0], {7, 6});
       }},
  });
}

TEST_CASE("adaptive_max_pool2d: errors", "[ops][adaptive_max_pool2d]") {
  check_errors({
      {"adaptive_max_pool2d: expected an input [C,H,W] or [N,C,H,W], got [1,1,1,4,4]",
       [] {
         adaptive_max_pool2d(zeros({1, 1, 1, 4, 4}), 2);
       }},
      {"adaptive_max_pool2d: only the batch may be empty, got an input of shape [0,4,4]",
       [] {
         adaptive_max_pool2d(zeros({0, 4, 4}), 2);
       }},
      {"adaptive_max_pool2d: the output size must not be negative, got -2x4",
       [] {
         adaptive_max_pool2d(zeros({1, 2, 4, 4}), {-2, std::nullopt});
       }},
      {"adaptive_max_pool2d: int64 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] {
         adaptive_max_pool2d(zeros({1, 1, 4, 4}, DType::Int64), 2);
       }},
  });
}
