#include "autograd/ops/roll.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("roll: values and derivatives", "[ops][roll]") {
  check_op("roll", {
                       {"vector", [](In x) { return roll(x[0], {2}); }},
                       {"rows", [](In x) { return roll(x[0], {1}, {0}); }},
                       {"columns back", [](In x) { return roll(x[0], {-1}, {1}); }},
                       {"both",
                        [](In x) {
                          return roll(x[0], {1, -2}, {0, -1});
                        }},
                       {"more than the size",
                        [](In x) {
                          return roll(x[0], {7, -9}, {0, 1});
                        }},
                       {"not at all", [](In x) { return roll(x[0], {4}, {1}); }},
                       {"one dim twice",
                        [](In x) {
                          return roll(x[0], {1, 1}, {1, 1});
                        }},
                       {"windows",
                        [](In x) {
                          return roll(x[0], {-1, -1}, {1, 2});
                        }},
                       {"flattened", [](In x) { return roll(x[0], {2}); }},
                       {"scalar", [](In x) { return roll(x[0], {3}); }},
                       {"no elements", [](In x) { return roll(x[0], {1}, {0}); }},
                       {"int64", [](In x) { return roll(x[0], {1}, {0}); }},
                   });
}

TEST_CASE("roll: by the least number that there is", "[ops][roll]") {
  const Tensor x = tensor<float>({1, 2, 3}).requires_grad_();
  const Tensor y = roll(x, {INT64_MIN}, {0});  // -2^63 = 1 mod 3
  CHECK(y.to_vector<float>() == std::vector<float>{3, 1, 2});
  y.backward(tensor<float>({5, 6, 7}));
  CHECK(x.grad().to_vector<float>() == std::vector<float>{6, 7, 5});
}

TEST_CASE("roll: errors", "[ops][roll]") {
  check_errors({
      {"roll: expected at least one shift",
       [] {
         roll(zeros({2, 3}), {});
       }},
      {"roll: 2 shifts need 2 dims, got none",
       [] {
         roll(zeros({2, 3}), {1, 1});
       }},
      {"roll: shifts [1] and dims [0,1] differ in length",
       [] {
         roll(zeros({2, 3}), {1}, {0, 1});
       }},
      {"roll: a scalar has no dimension to roll along", [] { roll(scalar(1), {1}, {0}); }},
      {"roll: dimension 2 is out of range for a tensor of 2 dimensions (expected -2 to 1)",
       [] {
         roll(zeros({2, 3}), {1}, {2});
       }},
  });
}
