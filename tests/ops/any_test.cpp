#include "autograd/ops/any.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("any: values", "[ops][any]") {
  check_op("any", over_dims<helder::any>(),
           {
               {"over no elements", [](In x) { return any(x[0], {0}); }},
               {"all of no elements", [](In x) { return any(x[0]); }},
               {"scalar", [](In x) { return any(x[0]); }},
               {"NaN and minus zero", [](In x) { return any(x[0], {1}); }},
               {"int64", [](In x) { return any(x[0], {1}); }},
               {"pixels", [](In x) { return any(x[0], {1}); }},
               {"all pixels", [](In x) { return any(x[0]); }},
           });
}

TEST_CASE("any: nothing is recorded", "[ops][any]") {
  const Tensor x = Tensor(ones({2})).requires_grad_();
  CHECK_FALSE(any(x).requires_grad());
}

TEST_CASE("any: errors", "[ops][any]") {
  check_errors({
      {"any: dimension 2 is out of range for a tensor of 2 dimensions (expected -2 to 1)",
       [] {
         any(zeros({2, 3}), {2});
       }},
      {"any: dimension 1 is named twice in [1,1]",
       [] {
         any(zeros({2, 3}), {1, 1});
       }},
  });
}
