#include "autograd/ops/maximum.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("maximum: values and derivatives", "[ops][maximum]") {
  constexpr auto f = [](In x) { return maximum(x[0], x[1]); };
  check_op("maximum", two_inputs(f),
           {
               {"int64", f},

               {"ties", f, kNoQuotient},
               {"NaN", f},
           });
}

TEST_CASE("maximum: errors", "[ops][maximum]") {
  check_errors({
      {"maximum: shapes [2,3] and [2] do not broadcast (3 against 2)",
       [] {
         maximum(zeros({2, 3}), zeros({2}));
       }},
      {"maximum: shapes [4,1,3] and [2,5] do not broadcast (3 against 5)",
       [] {
         maximum(zeros({4, 1, 3}), zeros({2, 5}));
       }},

  });
}
