#include "layers/position_embedding.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using helder::testing::same_bits;

TEST_CASE("PositionEmbeddingSine: the op, with the input's size, type and mask", "[layers][positions]") {
  PositionEmbeddingSine layer(4, {.normalize = true});
  CHECK(layer.state_dict().empty());
  Tensor mask = zeros({2, 3, 5}, DType::Bool);
  const Tensor x = zeros({2, 7, 3, 5}, DType::Float64);
  const SinePositions2dOptions options = {.normalize = true};
  CHECK(same_bits(layer(x), sine_positions_2d(mask, 4, options, DType::Float64)));
  CHECK(same_bits(layer(x, mask), layer(x)));
  mask.at<bool>({1, 0, 2}) = true;
  CHECK(same_bits(layer(x, mask), sine_positions_2d(mask, 4, options, DType::Float64)));
  CHECK_FALSE(same_bits(layer(x, mask), layer(x)));
  CHECK(layer(zeros({2, 7, 3, 5})).dtype() == DType::Float32);
  CHECK(PositionEmbeddingSine().forward(x).shape() == Shape{2, 128, 3, 5});
  CHECK(layer.describe() == "PositionEmbeddingSine(4, normalize=true)");
}

TEST_CASE("PositionEmbeddingSine: hooks see the mask", "[layers][positions]") {
  PositionEmbeddingSine layer(4);
  size_t inputs = 0;
  layer.register_forward_hook(
      [&](const Module&, std::span<const Tensor> seen, const Tensor&) { inputs = seen.size(); });
  layer(zeros({1, 2, 3, 3}), zeros({1, 3, 3}, DType::Bool));
  CHECK(inputs == 2);
}

TEST_CASE("PositionEmbeddingLearned: DETR's names, sizes and values", "[layers][positions]") {
  manual_seed(5);
  const PositionEmbeddingLearned layer(8);
  const StateDict state = layer.state_dict();
  REQUIRE(state.size() == 2);
  CHECK(state[0].first == "row_embed.weight");
  CHECK(state[1].first == "col_embed.weight");
  double least = 1, most = 0;
  for (const auto& entry : state) {
    CHECK(entry.second.shape() == Shape{50, 8});
    for (double value : entry.second.to_vector<double>()) {
      least = std::min(least, value);
      most = std::max(most, value);
    }
  }
  CHECK((least >= 0 && least < 0.05));
  CHECK((most < 1 && most > 0.95));
}

TEST_CASE("PositionEmbeddingLearned: a pixel gets the code of its column and that of its row",
          "[layers][positions]") {
  PositionEmbeddingLearned layer(3);
  const Tensor y = layer(zeros({2, 1, 4, 5}));
  REQUIRE(y.shape() == Shape{2, 6, 4, 5});
  int64_t wrong = 0;
  for (int64_t n = 0; n < 2; ++n) {
    for (int64_t k = 0; k < 3; ++k) {
      for (int64_t i = 0; i < 4; ++i) {
        for (int64_t j = 0; j < 5; ++j) {
          wrong += y.at<float>({n, k, i, j}) != layer.col_embed.weight.at<float>({j, k});
          wrong += y.at<float>({n, 3 + k, i, j}) != layer.row_embed.weight.at<float>({i, k});
        }
      }
    }
  }
  CHECK(wrong == 0);
  y.backward(ones({2, 6, 4, 5}));
  CHECK(layer.col_embed.weight.grad().at<float>({4, 0}) == 8);   // 2 pictures of 4 rows
  CHECK(layer.row_embed.weight.grad().at<float>({0, 2}) == 10);  // 2 pictures of 5 columns
  CHECK(layer.row_embed.weight.grad().at<float>({4, 2}) == 0);
}

TEST_CASE("position embeddings: errors", "[layers][positions]") {
  CHECK_THROWS_WITH(PositionEmbeddingSine(5), "PositionEmbeddingSine: num_pos_feats must be even, got 5");
  CHECK_THROWS_WITH(PositionEmbeddingSine(4, {.scale = 1}),
                    "PositionEmbeddingSine: scale is for positions that are normalized");
  PositionEmbeddingSine sine(4);
  CHECK_THROWS_WITH(sine(zeros({3, 4})), "PositionEmbeddingSine: expected [N,C,H,W], got [3,4]");
  CHECK_THROWS_WITH(sine(zeros({2, 1, 3, 4}), zeros({2, 4, 3}, DType::Bool)),
                    "PositionEmbeddingSine: mask is [2,4,3], which does not fit the input [2,1,3,4]");
  PositionEmbeddingLearned learned(4, 10);
  CHECK_THROWS_WITH(learned(zeros({2, 1, 3, 11})),
                    "PositionEmbeddingLearned: there are codes for 10x10 pixels (input [2,1,3,11])");
  CHECK_THROWS_WITH(learned(zeros({3, 4})), "PositionEmbeddingLearned: expected [N,C,H,W], got [3,4]");
}
