#include "autograd/ops/mul.h"

#include <cmath>

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("mul: values and derivatives", "[ops][mul]") {
  constexpr auto f = [](In x) { return mul(x[0], x[1]); };
  check_op("mul", two_inputs(f),
           {
               {"int64", f},
               {"int64 and float64", f},
               {"int64 scalar and float64", f},

               {"same input twice", [](In x) { return x[0] * x[0]; }},
               {"bool and int64 scalar", f},
               {"int64 and infinity", [](In x) { return x[0] * INFINITY; }},
               {"constant", [](In x) { return x[0] * 2.5; }},
               {"constant first", [](In x) { return 2.5 * x[0]; }},
           });
}

TEST_CASE("mul: errors", "[ops][mul]") {
  check_errors({
      {"mul: shapes [2,3] and [2] do not broadcast (3 against 2)",
       [] {
         mul(zeros({2, 3}), zeros({2}));
       }},
      {"mul: shapes [4,1,3] and [2,5] do not broadcast (3 against 5)",
       [] {
         mul(zeros({4, 1, 3}), zeros({2, 5}));
       }},

  });
}
