#include "autograd/ops/narrow.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("narrow: values and derivatives", "[ops][narrow]") {
  check_op("narrow", {
                         {"rows", [](In x) { return narrow(x[0], 0, 1, 2); }},
                         {"columns", [](In x) { return narrow(x[0], 1, 0, 2); }},
                         {"from the end", [](In x) { return narrow(x[0], -1, -2, 2); }},
                         {"all", [](In x) { return narrow(x[0], 0, 0, 3); }},
                         {"nothing at the end", [](In x) { return narrow(x[0], 0, 3, 0); }},
                         {"int64", [](In x) { return narrow(x[0], 0, 1, 1); }},
                     });
}

TEST_CASE("narrow: errors", "[ops][narrow]") {
  check_errors({
      {"narrow: start 4 is out of range for dimension 1 of size 3 (input [2,3])",
       [] {
         narrow(zeros({2, 3}), 1, 4, 0);
       }},
      {"narrow: start -4 is out of range for dimension 1 of size 3 (input [2,3])",
       [] {
         narrow(zeros({2, 3}), 1, -4, 1);
       }},
      {"narrow: 2 elements from 2 on are not in dimension 1 of size 3 (input [2,3])",
       [] {
         narrow(zeros({2, 3}), -1, 2, 2);
       }},
      {"narrow: -1 elements from 0 on are not in dimension 0 of size 2 (input [2,3])",
       [] {
         narrow(zeros({2, 3}), 0, 0, -1);
       }},
      {"narrow: a scalar has no dimension to narrow", [] { narrow(scalar(1), 0, 0, 1); }},
  });
}
