#include "autograd/ops/glu.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("glu: values and derivatives", "[ops][glu]") {
  constexpr auto f = [](In x) { return glu(x[0]); };
  constexpr auto channels = [](In x) { return glu(x[0], 1); };
  check_op("glu", {{"vector", f},
                   {"long vector", f},
                   {"matrix", f},
                   {"rows", [](In x) { return glu(x[0], 0); }},
                   {"channels", channels},
                   {"dim -2", [](In x) { return glu(x[0], -2); }},
                   {"one pair", f},
                   {"no rows", f},
                   {"no columns", f},
                   {"far from zero", f},
                   {"infinities", f}});
}

TEST_CASE("glu: threads change no bit", "[ops][glu]") {
  check_threads({{"rows", {{300, 202}}, [](In x) { return glu(x[0]); }},
                 {"halves", {{2, 30001}}, [](In x) { return glu(x[0], 0); }}});
}

TEST_CASE("glu: errors", "[ops][glu]") {
  check_errors({
      {"glu: a scalar cannot be cut into halves", [] { glu(scalar(1)); }},
      {"glu: the size of dimension 1 must be even, got 3 (input [2,3])",
       [] {
         glu(zeros({2, 3}));
       }},
      {"glu: dimension 2 is out of range for a tensor of 2 dimensions (expected -2 to 1)",
       [] {
         glu(zeros({2, 4}), 2);
       }},
      {"glu: int64 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { glu(zeros({2}, DType::Int64)); }},
  });
}
