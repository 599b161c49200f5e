#include "layers/position_encoding.h"

#include <cmath>

#include "autograd/ops/add.h"
#include "autograd/ops/sine_positions.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using helder::testing::same_bits;

TEST_CASE("SineEncoding1d: adds fixed codes, as many as there are tokens", "[layers][positions]") {
  SineEncoding1d layer(6, 20);
  CHECK(layer.parameters().empty());
  REQUIRE(layer.named_buffers().size() == 1);
  CHECK(layer.named_buffers()[0].first == "pe");
  CHECK(layer.pe.shape() == Shape{20, 6});
  CHECK(layer.pe.at<float>({3, 1}) == Approx(std::cos(3.0)));
  CHECK(layer.pe.at<float>({3, 2}) == Approx(std::sin(3.0 / std::pow(10000, 2 / 6.0))));

  const Tensor x = randn({2, 7, 6}).requires_grad_();
  const Tensor y = layer(x);
  CHECK(same_bits(y, x + sine_positions(arange(7), 6)));
  y.backward(ones({2, 7, 6}));
  CHECK(same_bits(x.grad(), ones({2, 7, 6})));
  CHECK(layer.describe() == "SineEncoding1d(6, max_length=20)");
}

TEST_CASE("LearnedEncoding1d: adds codes that learn, as many as there are tokens", "[layers][positions]") {
  manual_seed(3);
  LearnedEncoding1d layer(200, 50);
  REQUIRE(layer.named_parameters().size() == 1);
  CHECK(layer.named_parameters()[0].first == "weight");
  CHECK(layer.weight.shape() == Shape{200, 50});
  double squares = 0;
  for (double value : layer.weight.to_vector<double>()) {
    squares += value * value / 10'000;
  }
  CHECK(std::sqrt(squares) == Approx(0.02).epsilon(0.05));

  const Tensor x = randn({2, 7, 50});
  const Tensor y = layer(x);
  CHECK(same_bits(y, x + layer.weight.detach().slice(0, 0, 7)));
  y.backward(ones({2, 7, 50}));
  CHECK(same_bits(layer.weight.grad().slice(0, 0, 7), full({7, 50}, 2)));    // two samples
  CHECK(same_bits(layer.weight.grad().slice(0, 7, 200), zeros({193, 50})));  // places that nobody had
  CHECK(layer.describe() == "LearnedEncoding1d(200, 50)");
}

TEST_CASE("position encodings: errors", "[layers][positions]") {
  CHECK_THROWS_WITH(SineEncoding1d(5),
                    "SineEncoding1d: expected an even number of features and a length, got 5 and 5000");
  CHECK_THROWS_WITH(SineEncoding1d(6, 20)(zeros({2, 21, 6})),
                    "SineEncoding1d: expected [...,length,6] with a length of at most 20, got [2,21,6]");
  CHECK_THROWS_WITH(LearnedEncoding1d(-1, 4), "LearnedEncoding1d: sizes must not be negative, got -1 and 4");
  CHECK_THROWS_WITH(LearnedEncoding1d(10, 4)(zeros({2, 5, 3})),
                    "LearnedEncoding1d: expected [...,length,4] with a length of at most 10, got [2,5,3]");
}
