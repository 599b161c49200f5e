#include "layers/group_norm.h"

#include "autograd/ops/group_norm.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using helder::testing::same_bits;

TEST_CASE("GroupNorm: parameters have PyTorch's names, shapes and values", "[layers][group_norm]") {
  const StateDict state = GroupNorm(2, 6).state_dict();
  REQUIRE(state.size() == 2);
  CHECK(state[0].first == "weight");
  CHECK(same_bits(state[0].second, ones({6})));
  CHECK(state[1].first == "bias");
  CHECK(same_bits(state[1].second, zeros({6})));
  CHECK(GroupNorm(2, 6, {.affine = false}).state_dict().empty());
}

TEST_CASE("GroupNorm: forward is the op with its parameters, in training and evaluation",
          "[layers][group_norm]") {
  GroupNorm norm(3, 6, {.eps = 0.5});
  norm.load_state_dict({{"weight", randn({6})}, {"bias", randn({6})}});
  const Tensor x = randn({2, 6, 4, 3});
  const Tensor expected = group_norm(x, 3, norm.weight, norm.bias, 0.5);
  CHECK(same_bits(norm(x), expected));
  CHECK(same_bits(norm.eval()(x), expected));
}

TEST_CASE("GroupNorm: a picture's result does not depend on the others", "[layers][group_norm]") {
  GroupNorm norm(2, 4);
  const Tensor x = randn({5, 4, 3, 3});
  CHECK(same_bits(norm(x).slice(0, 2, 3), norm(x.slice(0, 2, 3))));
}

TEST_CASE("GroupNorm: prints what is not usual, and names what is wrong", "[layers][group_norm]") {
  CHECK(GroupNorm(2, 6).describe() == "GroupNorm(2, 6)");
  CHECK(GroupNorm(2, 6, {.eps = 1e-6, .affine = false}).describe() ==
        "GroupNorm(2, 6, eps=1e-06, affine=false)");
  CHECK_THROWS_WITH(GroupNorm(4, 6), "GroupNorm: 6 channels do not divide into 4 groups");
  CHECK_THROWS_WITH(GroupNorm(2, 6)(zeros({2, 4, 3})), "GroupNorm: expected [N,6,...], got [2,4,3]");
}
