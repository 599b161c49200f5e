#include "layers/layer_norm.h"

#include "autograd/ops/layer_norm.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using helder::testing::same_bits;

TEST_CASE("LayerNorm: parameters have PyTorch's names, shapes and values", "[layers][layer_norm]") {
  const LayerNorm norm({3, 4});
  const StateDict state = norm.state_dict();
  REQUIRE(state.size() == 2);
  CHECK(state[0].first == "weight");
  CHECK(same_bits(state[0].second, ones({3, 4})));
  CHECK(state[1].first == "bias");
  CHECK(same_bits(state[1].second, zeros({3, 4})));
  CHECK(LayerNorm(5, {.bias = false}).state_dict().size() == 1);
  CHECK(LayerNorm(5, {.elementwise_affine = false}).state_dict().empty());
}

TEST_CASE("LayerNorm: forward is the op with its parameters, in training and evaluation",
          "[layers][layer_norm]") {
  LayerNorm norm(6, {.eps = 0.5});
  norm.load_state_dict({{"weight", randn({6})}, {"bias", randn({6})}});
  const Tensor x = randn({2, 3, 6});
  const Tensor expected = layer_norm(x, {6}, norm.weight, norm.bias, 0.5);
  CHECK(same_bits(norm(x), expected));
  CHECK(same_bits(norm.eval()(x), expected));
  norm(x).sum().backward();
  CHECK(norm.weight.grad().shape() == Shape{6});
  CHECK(norm.bias.grad().to_vector<float>() == std::vector<float>(6, 6));
}

TEST_CASE("LayerNorm: prints what is not usual", "[layers][layer_norm]") {
  CHECK(LayerNorm(64).describe() == "LayerNorm([64])");
  CHECK(LayerNorm({3, 4}, {.eps = 1e-6, .bias = false}).describe() ==
        "LayerNorm([3,4], eps=1e-06, bias=false)");
  CHECK(LayerNorm(8, {.elementwise_affine = false}).describe() == "LayerNorm([8], elementwise_affine=false)");
}

TEST_CASE("LayerNorm: errors", "[layers][layer_norm]") {
  CHECK_THROWS_WITH(LayerNorm(Shape{}), "LayerNorm: normalized_shape must not be empty");
  CHECK_THROWS_WITH(LayerNorm(-1), "LayerNorm: sizes must not be negative, got [-1]");
  CHECK_THROWS_WITH(LayerNorm(4)(zeros({2, 3})),
                    "layer_norm: normalized_shape [4] is not how the shape of the input [2,3] ends");
}
