#include "layers/rms_norm.h"

#include "autograd/ops/rms_norm.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using helder::testing::same_bits;

TEST_CASE("RMSNorm: the parameter has PyTorch's name, shape and value", "[layers][rms_norm]") {
  const StateDict state = RMSNorm({3, 4}).state_dict();
  REQUIRE(state.size() == 1);
  CHECK(state[0].first == "weight");
  CHECK(same_bits(state[0].second, ones({3, 4})));
  CHECK(RMSNorm(5, {.elementwise_affine = false}).state_dict().empty());
}

TEST_CASE("RMSNorm: forward is the op with its parameter", "[layers][rms_norm]") {
  RMSNorm norm(6);
  norm.load_state_dict({{"weight", randn({6})}});
  const Tensor x = randn({2, 3, 6});
  CHECK(same_bits(norm(x), rms_norm(x, {6}, norm.weight)));
  RMSNorm coarse(6, {.eps = 0.5});
  CHECK(same_bits(coarse(x), rms_norm(x, {6}, coarse.weight, 0.5)));
}

TEST_CASE("RMSNorm: prints what is not usual", "[layers][rms_norm]") {
  CHECK(RMSNorm(64).describe() == "RMSNorm([64])");
  CHECK(RMSNorm({3, 4}, {.eps = 1e-6, .elementwise_affine = false}).describe() ==
        "RMSNorm([3,4], eps=1e-06, elementwise_affine=false)");
  CHECK_THROWS_WITH(RMSNorm(Shape{}), "RMSNorm: normalized_shape must not be empty");
}
