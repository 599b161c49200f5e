#include "autograd/ops/sum.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("sum: values and derivatives", "[ops][sum]") {
  check_op("sum", over_dims<sum>(),
           {
               {"over no elements", [](In x) { return sum(x[0], {0}); }},
               {"all of no elements", [](In x) { return sum(x[0]); }},
               {"scalar", [](In x) { return sum(x[0]); }},
               {"int64", [](In x) { return sum(x[0], {0}); }},
               {"int64 beyond 2^53", [](In x) { return sum(x[0]); }},
               {"bool", [](In x) { return sum(x[0]); }},
               {"pixels", [](In x) { return sum(x[0], {1}); }},
           });
}

TEST_CASE("sum: errors", "[ops][sum]") {
  check_errors({
      {"sum: dimension 2 is out of range for a tensor of 2 dimensions (expected -2 to 1)",
       [] {
         sum(zeros({2, 3}), {2});
       }},
      {"sum: dimension -3 is out of range for a tensor of 2 dimensions (expected -2 to 1)",
       [] {
         sum(zeros({2, 3}), {0, -3});
       }},
      {"sum: dimension -1 is named twice in [1,-1]",
       [] {
         sum(zeros({2, 3}), {1, -1});
       }},
      {"sum: float16 is not supported; expected float32, float64 or int64 (convert with .to(DType))",
       [] { sum(zeros({2}, DType::Float16)); }},
  });
}
