#include "autograd/ops/select.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("select: values and derivatives", "[ops][select]") {
  check_op("select", {
                         {"row", [](In x) { return select(x[0], 0, 1); }},
                         {"column", [](In x) { return select(x[0], 1, 2); }},
                         {"last row", [](In x) { return select(x[0], 0, -1); }},
                         {"last dim", [](In x) { return select(x[0], -1, 0); }},
                         {"element", [](In x) { return select(x[0], 0, 2); }},
                         {"twice", [](In x) { return x[0][1][2]; }},
                         {"no elements", [](In x) { return select(x[0], 0, 1); }},
                     });
}

TEST_CASE("select: errors", "[ops][select]") {
  check_errors({
      {"select: index 3 is out of range for dimension 0 of size 3",
       [] {
         select(zeros({3, 4}), 0, 3);
       }},
      {"select: index -5 is out of range for dimension 1 of size 4",
       [] {
         select(zeros({3, 4}), 1, -5);
       }},
      {"select: dimension 2 is out of range for a tensor of 2 dimensions (expected -2 to 1)",
       [] {
         select(zeros({3, 4}), 2, 0);
       }},
      {"select: a scalar has no dimension to select from", [] { select(scalar(1), 0, 0); }},
  });
}
