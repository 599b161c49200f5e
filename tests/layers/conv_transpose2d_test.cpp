#include "layers/conv_transpose2d.h"

#include <cmath>

#include "autograd/ops/abs.h"
#include "autograd/ops/conv_transpose2d.h"
#include "autograd/ops/max.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;

TEST_CASE("ConvTranspose2d: parameters, their spread, and forward", "[layers]") {
  manual_seed(1);
  ConvTranspose2d layer(12, 20, {3, 2}, {.stride = 2, .padding = 1, .output_padding = 1, .groups = 2});
  const StateDict state = layer.state_dict();
  REQUIRE(state.size() == 2);
  CHECK(state[0].first == "weight");
  CHECK(state[0].second.shape() == Shape{12, 10, 3, 2});
  CHECK(state[1].first == "bias");
  CHECK(state[1].second.shape() == Shape{20});
  const double bound = 1 / std::sqrt(10.0 * 3 * 2);  // dimension 1 of the weight, times the kernel
  CHECK(max(abs(layer.weight)).item() <= bound);
  CHECK(max(abs(layer.weight)).item() > 0.97 * bound);
  CHECK(max(abs(layer.bias)).item() <= bound);
  CHECK(max(abs(layer.bias)).item() > 0.5 * bound);

  const Tensor x = randn({2, 12, 5, 4});
  const Tensor y = layer(x);
  CHECK(y.shape() == Shape{2, 20, 10, 7});
  CHECK(
      testing::same_bits(y, conv_transpose2d(x, layer.weight, layer.bias,
                                             {.stride = 2, .padding = 1, .output_padding = 1, .groups = 2})));
}

TEST_CASE("ConvTranspose2d: names and errors", "[layers]") {
  CHECK(ConvTranspose2d(4, 2, 2, {.stride = 2}).describe() ==
        "ConvTranspose2d(4, 2, kernel_size=2x2, stride=2x2)");
  ConvTranspose2d bare(4, 2, 3, {.output_padding = Pair(0, 1), .groups = 2, .bias = false, .dilation = 2});
  CHECK(bare.describe() ==
        "ConvTranspose2d(4, 2, kernel_size=3x3, output_padding=0x1, dilation=2x2, groups=2, bias=false)");
  CHECK(bare.state_dict().size() == 1);
  CHECK_THROWS_WITH(ConvTranspose2d(4, 3, 2, {.groups = 2}),
                    "ConvTranspose2d: 4 input and 3 output channels do not divide into 2 groups");
}
