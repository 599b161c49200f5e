#include "layers/patch_embed.h"

#include <cmath>

#include "autograd/ops/linear.h"
#include "autograd/ops/reshape.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using helder::testing::first_difference;

TEST_CASE("PatchEmbed: timm's names, shapes and initial bounds", "[layers][patch_embed]") {
  const PatchEmbed layer({.image_size = {8, 12}, .patch_size = 4, .in_channels = 2, .embed_dim = 5});
  const StateDict state = layer.state_dict();
  REQUIRE(state.size() == 2);
  CHECK(state[0].first == "proj.weight");
  CHECK(state[0].second.shape() == Shape{5, 2, 4, 4});
  CHECK(state[1].first == "proj.bias");
  CHECK(state[1].second.shape() == Shape{5});
  for (double value : layer.proj.weight.to_vector<double>()) {
    CHECK(std::abs(value) <= 1 / std::sqrt(2 * 4 * 4.0));
  }
  CHECK(layer.grid_size() == Pair(2, 3));
  CHECK(layer.num_patches() == 6);
  CHECK(PatchEmbed({.embed_dim = 4, .bias = false}).state_dict().size() == 1);
  CHECK(PatchEmbed({.embed_dim = 4}).num_patches() == 196);
}

// The same by hand: each patch as a row of numbers, times the weights as a matrix.
TEST_CASE("PatchEmbed: a token is one linear map of its patch", "[layers][patch_embed]") {
  PatchEmbed layer({.image_size = {8, 12}, .patch_size = {4, 3}, .in_channels = 2, .embed_dim = 5});
  const Tensor x = randn({3, 2, 8, 12});
  const Tensor tokens = layer(x);
  REQUIRE(tokens.shape() == Shape{3, 8, 5});
  const Tensor patches = x.reshape({3, 2, 2, 4, 4, 3}).permute({0, 2, 4, 1, 3, 5}).reshape({3, 8, 24});
  const Tensor expected = linear(patches, layer.proj.weight.reshape({5, 24}), layer.proj.bias);
  CHECK(first_difference(tokens.detach(), expected.detach(), 1e-5) == "");
}

TEST_CASE("PatchEmbed: sizes that do not fit", "[layers][patch_embed]") {
  CHECK_THROWS_WITH(PatchEmbed({.image_size = 30, .embed_dim = 4}),
                    "PatchEmbed: a picture of 30x30 does not divide into patches of 16x16");
  PatchEmbed strict({.image_size = 8, .patch_size = 4, .embed_dim = 5});
  CHECK_THROWS_WITH(strict(zeros({1, 3, 8, 12})), "PatchEmbed: expected pictures of 8x8 (input [1,3,8,12])");
  CHECK_THROWS_WITH(strict(zeros({1, 1, 8, 8})), "PatchEmbed: expected [N,3,H,W], got [1,1,8,8]");
  PatchEmbed any({.image_size = 8, .patch_size = 4, .embed_dim = 5, .strict_image_size = false});
  CHECK(any(zeros({1, 3, 8, 12})).shape() == Shape{1, 6, 5});
  CHECK_THROWS_WITH(any(zeros({1, 3, 8, 10})),
                    "PatchEmbed: a picture of 8x10 does not divide into patches of 4x4");
  CHECK(strict.describe() == "PatchEmbed(image=8x8, patch=4x4)");
}
