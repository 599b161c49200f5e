#include "autograd/ops/slice.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("slice: values and derivatives", "[ops][slice]") {
  check_op("slice", {
                        {"middle", [](In x) { return slice(x[0], 0, 1, 4); }},
                        {"from", [](In x) { return slice(x[0], 1, 2, {}); }},
                        {"until", [](In x) { return slice(x[0], 1, {}, -1); }},
                        {"step 2", [](In x) { return slice(x[0], 0, {}, {}, 2); }},
                        {"step 3 from 1", [](In x) { return slice(x[0], 1, 1, {}, 3); }},
                        {"negative bounds", [](In x) { return slice(x[0], 0, -4, -1); }},
                        {"clamped bounds", [](In x) { return slice(x[0], 0, -100, 100); }},
                        {"last dim", [](In x) { return slice(x[0], -1, 1, 3); }},
                        {"nothing", [](In x) { return slice(x[0], 0, 3, 1); }},
                        {"of no elements", [](In x) { return slice(x[0], 0, 0, 2); }},
                        {"uint8", [](In x) { return slice(x[0], 0, 1, 3); }},
                    });
}

TEST_CASE("slice: errors", "[ops][slice]") {
  check_errors({
      {"slice: step must be positive, got 0", [] { slice(zeros({4}), 0, 0, 4, 0); }},
      {"slice: a scalar has no dimension to slice", [] { slice(scalar(1), 0, 0, 1); }},
      {"slice: dimension 1 is out of range for a tensor of 1 dimensions (expected -1 to 0)",
       [] { slice(zeros({4}), 1, 0, 2); }},
  });
}
