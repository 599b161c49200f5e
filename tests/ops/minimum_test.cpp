#include "autograd/ops/minimum.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("minimum: values and derivatives", "[ops][minimum]") {
  constexpr auto f = [](In x) { return minimum(x[0], x[1]); };
  check_op("minimum", two_inputs(f),
           {
               {"int64", f},

               {"ties", f, kNoQuotient},
               {"NaN", f},
           });
}

TEST_CASE("minimum: errors", "[ops][minimum]") {
  check_errors({
      {"minimum: shapes [2,3] and [2] do not broadcast (3 against 2)",
       [] {
         minimum(zeros({2, 3}), zeros({2}));
       }},
      {"minimum: shapes [4,1,3] and [2,5] do not broadcast (3 against 5)",
       [] {
         minimum(zeros({4, 1, 3}), zeros({2, 5}));
       }},

  });
}
