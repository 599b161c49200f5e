#include "autograd/ops/diagonal.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("diagonal: values and derivatives", "[ops][diagonal]") {
  check_op("diagonal", {
                           {"square", [](In x) { return diagonal(x[0]); }},
                           {"wide", [](In x) { return diagonal(x[0]); }},
                           {"tall", [](In x) { return diagonal(x[0]); }},
                           {"above", [](In x) { return diagonal(x[0], 1); }},
                           {"below", [](In x) { return diagonal(x[0], -2); }},
                           {"outside", [](In x) { return diagonal(x[0], 3); }},
                           {"batch", [](In x) { return diagonal(x[0], 0, 1, 2); }},
                           {"negative dims", [](In x) { return diagonal(x[0], 1, -2, -1); }},
                           {"exchanged dims", [](In x) { return diagonal(x[0], 1, 2, 0); }},
                           {"no elements", [](In x) { return diagonal(x[0]); }},
                       });
}

TEST_CASE("diagonal: errors", "[ops][diagonal]") {
  check_errors({
      {"diagonal: expected at least 2 dimensions, got shape [3]", [] { diagonal(zeros({3})); }},
      {"diagonal: dim1 and dim2 are the same dimension 1",
       [] {
         diagonal(zeros({3, 3}), 0, 1, -1);
       }},
      {"diagonal: dimension 2 is out of range for a tensor of 2 dimensions (expected -2 to 1)",
       [] {
         diagonal(zeros({3, 3}), 0, 0, 2);
       }},
  });
}
