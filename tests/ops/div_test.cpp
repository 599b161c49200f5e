#include "autograd/ops/div.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("div: values and derivatives", "[ops][div]") {
  constexpr auto f = [](In x) { return div(x[0], x[1]); };
  check_op("div", two_inputs(f),
           {
               {"int64", f},
               {"int64 and float64", f},
               {"int64 scalar and float64", f},

               {"same input twice", [](In x) { return x[0] / x[0]; }},
               {"constant", [](In x) { return x[0] / 2.5; }},
               {"constant first", [](In x) { return 2.5 / x[0]; }},
               {"by zero", f},
           });
}

TEST_CASE("div: errors", "[ops][div]") {
  check_errors({
      {"div: shapes [2,3] and [2] do not broadcast (3 against 2)",
       [] {
         div(zeros({2, 3}), zeros({2}));
       }},
      {"div: shapes [4,1,3] and [2,5] do not broadcast (3 against 5)",
       [] {
         div(zeros({4, 1, 3}), zeros({2, 5}));
       }},

  });
}
