#include "autograd/ops/split.h"

#include "autograd/ops/mul.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("split: values and derivatives", "[ops][split]") {
  check_op("split", {
                        {"first of equal", [](In x) { return split(x[0], 2)[0]; }},
                        {"last of equal", [](In x) { return split(x[0], 2)[2]; }},
                        {"shorter last", [](In x) { return split(x[0], 3, 1)[2]; }},
                        {"negative dim", [](In x) { return split(x[0], 2, -1)[1]; }},
                        {"larger than all", [](In x) { return split(x[0], 9)[0]; }},
                        {"middle of sizes",
                         [](In x) {
                           return split(x[0], {1, 3, 2}, 1)[1];
                         }},
                        {"empty of sizes",
                         [](In x) {
                           return split(x[0], {2, 0, 1})[1];
                         }},
                        {"product of parts", [](In x) { return split(x[0], 3)[0] * split(x[0], 3)[1]; }},
                        {"no elements", [](In x) { return split(x[0], 2)[0]; }},
                    });
}

TEST_CASE("split: how many parts there are", "[ops][split]") {
  CHECK(split(zeros({7, 2}), 3).size() == 3);
  CHECK(split(zeros({6, 2}), 3).size() == 2);
  CHECK(split(zeros({0, 2}), 3).size() == 1);
  CHECK(split(zeros({7, 2}), {4, 3}).size() == 2);
}

TEST_CASE("split: errors", "[ops][split]") {
  check_errors({
      {"split: sizes 2, 3 leave 1 of dimension 0 of shape [6]",
       [] {
         split(zeros({6}), {2, 3});
       }},
      {"split: sizes 7, -1 do not fit dimension 0 of shape [6]",
       [] {
         split(zeros({6}), {7, -1});
       }},
      {"split: the size of a part must be positive, got 0", [] { split(zeros({6}), 0); }},
      {"split: a scalar cannot be split", [] { split(scalar(1), 1); }},
      {"split: dimension 1 is out of range for a tensor of 1 dimensions (expected -1 to 0)",
       [] { split(zeros({6}), 2, 1); }},
      {"split: sizes 9223372036854775807, 9223372036854775807, 8 do not fit dimension 0 of shape [6]",
       [] {
         split(zeros({6}), {INT64_MAX, INT64_MAX, 8});
       }},
  });
}
