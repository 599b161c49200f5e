#include "layers/regularisers.h"

#include "autograd/ops/drop_path.h"
#include "autograd/ops/dropout2d.h"
#include "autograd/ops/mul.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using helder::testing::same_bits;

TEST_CASE("Dropout2d: is the op while training, and nothing in eval()", "[layers][dropout2d]") {
  Dropout2d layer(0.3);
  const Tensor x = randn({4, 20, 3, 3});
  manual_seed(12);
  const Tensor y = layer(x);
  Generator generator(12);
  CHECK(same_bits(y, dropout2d(x, 0.3, true, generator)));
  CHECK_FALSE(same_bits(y, x));
  CHECK(same_bits(layer.eval()(x), x));
  CHECK(layer.describe() == "Dropout2d(0.3)");
  CHECK_THROWS_WITH(Dropout2d(2), "Dropout2d: p must lie in [0, 1], got 2");
}

TEST_CASE("DropPath: is the op while training, and nothing in eval()", "[layers][drop_path]") {
  const Tensor x = randn({50, 3});
  for (bool scale_by_keep : {true, false}) {
    DropPath layer(0.4, scale_by_keep);
    manual_seed(12);
    const Tensor y = layer(x);
    Generator generator(12);
    CHECK(same_bits(y, drop_path(x, 0.4, true, scale_by_keep, generator)));
    CHECK_FALSE(same_bits(y, x));
    CHECK(same_bits(layer.eval()(x), x));
  }
  CHECK(same_bits(DropPath()(x), x));
  CHECK(DropPath(0.1).describe() == "DropPath(0.1)");
  CHECK(DropPath(0.1, false).describe() == "DropPath(0.1, scale_by_keep=false)");
  CHECK_THROWS_WITH(DropPath(-1), "DropPath: drop_prob must lie in [0, 1], got -1");
}

TEST_CASE("LayerScale: a factor for each feature, small at first", "[layers][layer_scale]") {
  LayerScale layer(5);
  const StateDict state = layer.state_dict();
  REQUIRE(state.size() == 1);
  CHECK(state[0].first == "gamma");
  CHECK(same_bits(state[0].second, full({5}, 1e-5)));
  CHECK(layer.describe() == "LayerScale(5, init_values=1e-05)");

  layer.load_state_dict({{"gamma", randn({5})}});
  const Tensor x = randn({2, 3, 5});
  const Tensor y = layer(x);
  CHECK(same_bits(y, x * layer.gamma));
  y.backward(ones({2, 3, 5}));
  CHECK(same_bits(layer.gamma.grad(), x.sum({0, 1})));
  CHECK_THROWS_WITH(layer(zeros({2, 4})), "LayerScale: expected [...,5], got [2,4]");
}

TEST_CASE("LayerScale2d: a factor for each channel of an image", "[layers][layer_scale]") {
  LayerScale2d layer(3, 0.1);
  CHECK(layer.state_dict()[0].first == "gamma");
  CHECK(layer.describe() == "LayerScale2d(3, init_values=0.1)");
  layer.load_state_dict({{"gamma", randn({3})}});
  const Tensor x = randn({2, 3, 5, 4});
  const Tensor y = layer(x);
  CHECK(same_bits(y, x * layer.gamma.reshape({3, 1, 1})));
  y.backward(ones(x.shape()));
  CHECK(testing::first_difference(layer.gamma.grad(), x.sum({0, 2, 3}), 1e-5) == "");
  CHECK_THROWS_WITH(layer(zeros({2, 4, 3, 3})), "LayerScale2d: expected [N,3,H,W], got [2,4,3,3]");
}
