#include "autograd/ops/prelu.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("prelu: values and derivatives", "[ops][prelu]") {
  constexpr auto f = [](In x) { return prelu(x[0], x[1]); };
  check_op("prelu", {{"scalar", f},
                     {"scalar weight", f},
                     {"vector", f},
                     {"matrix", f},
                     {"rows of channels", f},
                     {"signals", f},
                     {"pictures", f},
                     {"one channel", f},
                     {"pictures, one weight", f},
                     {"negative weight", f},
                     {"zero", f, kNoQuotient},
                     {"no elements", f},
                     {"no rows", f},
                     {"no channels", f},
                     {"infinities", f}});
}

TEST_CASE("prelu: threads change no bit", "[ops][prelu]") {
  check_threads({{"a weight a channel", {{20, 30, 101}, {30}}, [](In x) { return prelu(x[0], x[1]); }}});
}

TEST_CASE("prelu: errors", "[ops][prelu]") {
  check_errors({
      {"prelu: weight must hold 1 number or one for each of the 3 channels, got [2] (input [4,3])",
       [] {
         prelu(zeros({4, 3}), zeros({2}));
       }},
      {"prelu: weight must hold 1 number or one for each of the 1 channels, got [3] (input [3])",
       [] { prelu(zeros({3}), zeros({3})); }},
      {"prelu: weight must hold 1 number or one for each of the 3 channels, got [3,1] (input [4,3])",
       [] {
         prelu(zeros({4, 3}), zeros({3, 1}));
       }},
      {"prelu: input and weight must have one floating point type, got float32 and float64",
       [] { prelu(zeros({3}), zeros({1}, DType::Float64)); }},
      {"prelu: input and weight must have one floating point type, got int64 and int64",
       [] { prelu(zeros({3}, DType::Int64), zeros({1}, DType::Int64)); }},
  });
}
