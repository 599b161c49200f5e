#include "autograd/ops/all.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("all: values", "[ops][all]") {
  check_op("all", over_dims<helder::all>(),
           {
               {"over no elements", [](In x) { return all(x[0], {0}); }},
               {"all of no elements", [](In x) { return all(x[0]); }},
               {"scalar", [](In x) { return all(x[0]); }},
               {"NaN and minus zero", [](In x) { return all(x[0], {1}); }},
               {"int64", [](In x) { return all(x[0], {1}); }},
               {"pixels", [](In x) { return all(x[0], {1}); }},
               {"all pixels", [](In x) { return all(x[0]); }},
           });
}

TEST_CASE("all: nothing is recorded", "[ops][all]") {
  const Tensor x = Tensor(ones({2})).requires_grad_();
  CHECK_FALSE(all(x).requires_grad());
}

TEST_CASE("all: errors", "[ops][all]") {
  check_errors({
      {"all: dimension 2 is out of range for a tensor of 2 dimensions (expected -2 to 1)",
       [] {
         all(zeros({2, 3}), {2});
       }},
      {"all: dimension 1 is named twice in [1,1]",
       [] {
         all(zeros({2, 3}), {1, 1});
       }},
  });
}
