#include "autograd/ops/flip.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("flip: values and derivatives", "[ops][flip]") {
  check_op("flip", {
                       {"rows", [](In x) { return flip(x[0], {0}); }},
                       {"columns", [](In x) { return flip(x[0], {1}); }},
                       {"both",
                        [](In x) {
                          return flip(x[0], {0, 1});
                        }},
                       {"negative dims",
                        [](In x) {
                          return flip(x[0], {-1, -3});
                        }},
                       {"picture", [](In x) { return flip(x[0], {-1}); }},
                       {"no dims", [](In x) { return flip(x[0], {}); }},
                       {"one element", [](In x) { return flip(x[0], {0}); }},
                       {"scalar", [](In x) { return flip(x[0], {}); }},
                       {"no elements",
                        [](In x) {
                          return flip(x[0], {0, 1});
                        }},
                       {"bool", [](In x) { return flip(x[0], {0}); }},
                   });
}

TEST_CASE("flip: errors", "[ops][flip]") {
  check_errors({
      {"flip: dimension -1 is named twice in [1,-1]",
       [] {
         flip(zeros({2, 3}), {1, -1});
       }},
      {"flip: dimension 2 is out of range for a tensor of 2 dimensions (expected -2 to 1)",
       [] {
         flip(zeros({2, 3}), {2});
       }},
      {"flip: a scalar has no dimension to flip", [] { flip(scalar(1), {0}); }},
  });
}
