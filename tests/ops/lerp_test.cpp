#include "autograd/ops/lerp.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("lerp: values and derivatives", "[ops][lerp]") {
  constexpr auto f = [](In x) { return lerp(x[0], x[1], x[2]); };
  check_op("lerp", two_inputs([](In x) { return lerp(x[0], x[1], 0.3); }),
           {
               {"matrices and weight", f},
               {"row of weights", f},
               {"column of weights", f},
               {"weight of higher rank", f},
               {"scalar weight", f},
               {"scalars and weight", f},
               {"no elements and weight", f},
               {"the ends", f},
               {"far weights", f},
               {"weight one", [](In x) { return lerp(x[0], x[1], 1); }, kNoQuotient},
           });
}

TEST_CASE("lerp: a weight of 1 gives the end, whatever the start", "[ops][lerp]") {
  CHECK(lerp(scalar(1e10), scalar(0.001), 1).item() == scalar(0.001).item());
}

TEST_CASE("lerp: threads change no bit", "[ops][lerp]") {
  check_threads({{"one weight", {{300, 401}, {300, 401}}, [](In x) { return lerp(x[0], x[1], 0.1); }},
                 {"weights", {{300, 401}, {401}, {300, 1}}, [](In x) { return lerp(x[0], x[1], x[2]); }}});
}

TEST_CASE("lerp: errors", "[ops][lerp]") {
  check_errors({
      {"lerp: start, end and weight must have one type, got float32, float64 and float32",
       [] { lerp(zeros({2}), zeros({2}, DType::Float64), 0.5); }},
      {"lerp: shapes [2] and [3] do not broadcast (2 against 3)", [] { lerp(zeros({2}), zeros({3}), 0.5); }},
      {"lerp: shapes [2] and [4] do not broadcast (2 against 4)",
       [] { lerp(zeros({2}), zeros({2}), zeros({4})); }},
      {"lerp: expected floating point, got int64",
       [] { lerp(zeros({2}, DType::Int64), zeros({2}, DType::Int64), 0.5); }},
      {"lerp: float16 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { lerp(zeros({2}, DType::Float16), zeros({2}, DType::Float16), 0.5); }},
  });
}
