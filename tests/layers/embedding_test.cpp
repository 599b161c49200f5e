#include "layers/embedding.h"

#include <cmath>

#include "autograd/ops/embedding.h"
#include "autograd/ops/mul.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;

TEST_CASE("Embedding: parameter, initialisation, description", "[layers][embedding]") {
  const Embedding layer(2000, 50);
  REQUIRE(layer.state_dict().size() == 1);
  CHECK(layer.state_dict()[0].first == "weight");
  CHECK(layer.weight.shape() == Shape{2000, 50});
  CHECK(layer.weight.requires_grad());
  CHECK(layer.describe() == "Embedding(2000, 50)");
  // 100000 draws of N(0, 1): mean and variance are within 5 of their standard deviations.
  const Tensor w = layer.weight.detach();
  const double mean = w.mean().item();
  CHECK(std::abs(mean) < 5 / std::sqrt(1e5));
  CHECK(std::abs((w * w).mean().item() - 1) < 5 * std::sqrt(2 / 1e5));
}

TEST_CASE("Embedding: forward is the op, and the padding's row is not trained", "[layers][embedding]") {
  Embedding layer(4, 3, {.padding_idx = -1});
  CHECK(layer.describe() == "Embedding(4, 3, padding_idx=3)");
  CHECK(layer.weight.detach()[3].to_vector<float>() == std::vector<float>{0, 0, 0});
  CHECK(layer.weight.detach()[2].to_vector<float>() != std::vector<float>{0, 0, 0});

  const Tensor tokens = tensor<int64_t>({2, 3, 2, 0}).reshape({2, 2});
  const Tensor y = layer(tokens);
  CHECK(helder::testing::same_bits(y, embedding(tokens, layer.weight)));
  y.sum().backward();
  CHECK(layer.weight.grad().sum({1}).to_vector<float>() == std::vector<float>{3, 0, 6, 0});
}

TEST_CASE("Embedding: errors", "[layers][embedding]") {
  CHECK_THROWS_WITH(Embedding(-1, 3), "Embedding: sizes must not be negative, got -1 and 3");
  CHECK_THROWS_WITH(Embedding(4, 3, {.padding_idx = 4}),
                    "Embedding: padding_idx 4 is out of range for 4 embeddings");
}
