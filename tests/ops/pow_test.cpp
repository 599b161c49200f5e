#include "autograd/ops/pow.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("pow: values and derivatives", "[ops][pow]") {
  constexpr auto f = [](In x) { return pow(x[0], x[1]); };
  check_op("pow", two_inputs(f),
           {
               {"same input twice", [](In x) { return pow(x[0], x[0]); }},
               {"square", [](In x) { return pow(x[0], 2); }},
               {"cube", [](In x) { return pow(x[0], 3); }},
               {"square root", [](In x) { return pow(x[0], 0.5); }},
               {"inverse", [](In x) { return pow(x[0], -1); }},
               {"exponent zero", [](In x) { return pow(x[0], 0); }},
               {"exponent one", [](In x) { return pow(x[0], 1); }},
               {"zero to a power", f, kNoQuotient},  // a step below 0 leaves the domain
               {"int64", f},
               {"int64 and constant", [](In x) { return pow(x[0], 3); }},
           });
}

TEST_CASE("pow: errors", "[ops][pow]") {
  check_errors({
      {"pow: shapes [2,3] and [2] do not broadcast (3 against 2)",
       [] {
         pow(zeros({2, 3}), zeros({2}));
       }},
      {"pow: shapes [4,1,3] and [2,5] do not broadcast (3 against 5)",
       [] {
         pow(zeros({4, 1, 3}), zeros({2, 5}));
       }},

  });
}
