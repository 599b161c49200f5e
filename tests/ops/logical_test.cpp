#include "autograd/ops/logical.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("logical: values", "[ops][logical]") {
  check_op("logical", {
                          {"logical_and bool", [](In x) { return logical_and(x[0], x[1]); }},
                          {"logical_and broadcast", [](In x) { return logical_and(x[0], x[1]); }},
                          {"logical_and scalar", [](In x) { return logical_and(x[0], x[1]); }},
                          {"logical_and mixed types", [](In x) { return logical_and(x[0], x[1]); }},
                          {"logical_and no elements", [](In x) { return logical_and(x[0], x[1]); }},
                          {"logical_or bool", [](In x) { return logical_or(x[0], x[1]); }},
                          {"logical_or broadcast", [](In x) { return logical_or(x[0], x[1]); }},
                          {"logical_or scalar", [](In x) { return logical_or(x[0], x[1]); }},
                          {"logical_or mixed types", [](In x) { return logical_or(x[0], x[1]); }},
                          {"logical_or no elements", [](In x) { return logical_or(x[0], x[1]); }},
                          {"logical_xor bool", [](In x) { return logical_xor(x[0], x[1]); }},
                          {"logical_xor broadcast", [](In x) { return logical_xor(x[0], x[1]); }},
                          {"logical_xor scalar", [](In x) { return logical_xor(x[0], x[1]); }},
                          {"logical_xor mixed types", [](In x) { return logical_xor(x[0], x[1]); }},
                          {"logical_xor no elements", [](In x) { return logical_xor(x[0], x[1]); }},
                          {"logical_not bool", [](In x) { return logical_not(x[0]); }},
                          {"logical_not float64", [](In x) { return logical_not(x[0]); }},
                          {"logical_not int64", [](In x) { return logical_not(x[0]); }},
                          {"logical_not scalar", [](In x) { return logical_not(x[0]); }},
                          {"logical_not no elements", [](In x) { return logical_not(x[0]); }},
                      });
}

TEST_CASE("logical: nothing is recorded", "[ops][logical]") {
  const Tensor x = Tensor(ones({2})).requires_grad_();
  CHECK_FALSE(logical_and(x, x).requires_grad());
  CHECK_FALSE(logical_not(x).requires_grad());
}

TEST_CASE("logical: errors", "[ops][logical]") {
  check_errors({
      {"logical_and: shapes [2] and [3] do not broadcast (2 against 3)",
       [] { logical_and(zeros({2}), zeros({3})); }},
      {"logical_or: shapes [2] and [3] do not broadcast (2 against 3)",
       [] { logical_or(zeros({2}), zeros({3})); }},
      {"logical_xor: shapes [2] and [3] do not broadcast (2 against 3)",
       [] { logical_xor(zeros({2}), zeros({3})); }},
  });
}
