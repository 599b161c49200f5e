#include "autograd/ops/movedim.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("movedim: values and derivatives", "[ops][movedim]") {
  check_op("movedim", {
                          {"channels last", [](In x) { return movedim(x[0], 1, -1); }},
                          {"to the front", [](In x) { return movedim(x[0], -1, 0); }},
                          {"several",
                           [](In x) {
                             return movedim(x[0], {0, 3}, {2, 0});
                           }},
                          {"exchange",
                           [](In x) {
                             return movedim(x[0], {0, 1}, {1, 0});
                           }},
                          {"none", [](In x) { return movedim(x[0], Shape{}, Shape{}); }},
                          {"in place", [](In x) { return movedim(x[0], 1, 1); }},
                      });
}

TEST_CASE("movedim: errors", "[ops][movedim]") {
  check_errors({
      {"movedim: source [0,1] and destination [1] differ in length",
       [] {
         movedim(zeros({2, 3}), Shape{0, 1}, Shape{1});
       }},
      {"movedim: dimension -2 is named twice in source [0,-2]",
       [] {
         movedim(zeros({2, 3}), {0, -2}, {0, 1});
       }},
      {"movedim: dimension 1 is named twice in destination [1,1]",
       [] {
         movedim(zeros({2, 3}), {0, 1}, {1, 1});
       }},
      {"movedim: dimension 2 is out of range for a tensor of 2 dimensions (expected -2 to 1)",
       [] {
         movedim(zeros({2, 3}), 0, 2);
       }},
      {"movedim: a scalar has no dimension to move", [] { movedim(scalar(1), 0, 0); }},
  });
}
