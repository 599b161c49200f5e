#include "autograd/ops/transpose.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("transpose: values and derivatives", "[ops][transpose]") {
  check_op("transpose", {
                            {"matrix", [](In x) { return transpose(x[0], 0, 1); }},
                            {"first and last", [](In x) { return transpose(x[0], 0, 2); }},
                            {"negative", [](In x) { return transpose(x[0], -1, -2); }},
                            {"with itself", [](In x) { return transpose(x[0], 1, 1); }},
                            {"no elements", [](In x) { return transpose(x[0], 0, 1); }},
                            {"bool", [](In x) { return transpose(x[0], 0, 1); }},
                            {"t", [](In x) { return x[0].t(); }},
                            {"t of vector", [](In x) { return x[0].t(); }},
                        });
}

TEST_CASE("transpose: errors", "[ops][transpose]") {
  check_errors({
      {"transpose: dimension 2 is out of range for a tensor of 2 dimensions (expected -2 to 1)",
       [] {
         transpose(zeros({2, 3}), 0, 2);
       }},
      {"t: expected at most 2 dimensions, got shape [2,3,4]; use transpose",
       [] {
         zeros({2, 3, 4}).t();
       }},
  });
}
