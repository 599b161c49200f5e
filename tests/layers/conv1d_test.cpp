#include "layers/conv1d.h"

#include <cmath>

#include "autograd/ops/abs.h"
#include "autograd/ops/conv1d.h"
#include "autograd/ops/max.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;

TEST_CASE("Conv1d: parameters, their spread, and forward", "[layers]") {
  manual_seed(1);
  Conv1d layer(20, 16, 5, {.stride = 2, .padding = 2, .groups = 2});
  const StateDict state = layer.state_dict();
  REQUIRE(state.size() == 2);
  CHECK(state[0].first == "weight");
  CHECK(state[0].second.shape() == Shape{16, 10, 5});
  CHECK(state[1].first == "bias");
  CHECK(state[1].second.shape() == Shape{16});
  const double bound = 1 / std::sqrt(10.0 * 5);
  CHECK(max(abs(layer.weight)).item() <= bound);
  CHECK(max(abs(layer.weight)).item() > 0.97 * bound);
  CHECK(max(abs(layer.bias)).item() <= bound);

  const Tensor x = randn({3, 20, 11});
  CHECK(layer(x).shape() == Shape{3, 16, 6});
  CHECK(testing::same_bits(layer(x),
                           conv1d(x, layer.weight, layer.bias, {.stride = 2, .padding = 2, .groups = 2})));
}

TEST_CASE("Conv1d: names and errors", "[layers]") {
  CHECK(Conv1d(4, 2, 3).describe() == "Conv1d(4, 2, kernel_size=3)");
  CHECK(Conv1d(4, 2, 3, {.stride = 2, .padding = 1, .groups = 2, .bias = false}).describe() ==
        "Conv1d(4, 2, kernel_size=3, stride=2, padding=1, groups=2, bias=false)");
  CHECK_THROWS_WITH(Conv1d(4, 3, 2, {.groups = 2}),
                    "Conv1d: 4 input and 3 output channels do not divide into 2 groups");
}
