#include "models/vit.h"

#include <algorithm>

#include "autograd/grad_mode.h"
#include "autograd/ops.h"
#include "layers/init.h"
#include "tensor/factories.h"
#include "tests/catch.h"

using namespace helder;

namespace {

const VisionTransformerOptions kSmall = {.img_size = 28,
                                         .patch_size = 7,
                                         .in_channels = 1,
                                         .classes = 10,
                                         .dim = 32,
                                         .depth = 2,
                                         .heads = 4,
                                         .drop_path = 0.5,
                                         .layer_scale = 0.1};

}  // namespace

TEST_CASE("VisionTransformer has the paper's sizes", "[models]") {
  const init::SkipRandom skip;
  // As timm counts them.
  CHECK(VisionTransformer({.dim = 192, .heads = 3}).parameter_count() == 5'717'416);
  CHECK(VisionTransformer({.dim = 384, .heads = 6}).parameter_count() == 22'050'664);
  CHECK(VisionTransformer(VisionTransformerOptions{}).parameter_count() == 86'567'656);
}

TEST_CASE("VisionTransformer has timm's names", "[models]") {
  VisionTransformer net(kSmall);
  std::vector<std::string> names;
  for (const auto& [name, tensor] : net.state_dict()) {
    names.push_back(name);
  }
  const std::vector<std::string> expected = {"cls_token",
                                             "pos_embed",
                                             "patch_embed.proj.weight",
                                             "patch_embed.proj.bias",
                                             "blocks.0.norm1.weight",
                                             "blocks.0.attn.qkv.weight",
                                             "blocks.0.attn.proj.bias",
                                             "blocks.0.ls1.gamma",
                                             "blocks.1.norm2.bias",
                                             "blocks.1.mlp.fc1.weight",
                                             "blocks.1.mlp.fc2.bias",
                                             "blocks.1.ls2.gamma",
                                             "norm.weight",
                                             "head.bias"};
  for (const std::string& name : expected) {
    INFO(name);
    CHECK(std::count(names.begin(), names.end(), name) == 1);
  }
}

TEST_CASE("VisionTransformer has timm's order within a block", "[models]") {
  VisionTransformer net(kSmall);
  std::vector<std::string> layers;
  for (const auto& [path, module] : net.named_modules()) {
    if (path.starts_with("blocks.1.") && path.find('.', 9) == path.npos) {
      layers.push_back(path.substr(9));
    }
  }
  CHECK(layers == std::vector<std::string>{"norm1", "attn", "ls1", "norm2", "mlp", "ls2", "drop_path"});
}

TEST_CASE("VisionTransformer names what is wrong with a picture or an option", "[models]") {
  VisionTransformer net(kSmall);
  CHECK_THROWS_WITH(net(zeros({2, 1, 21, 28})),
                    "patch_embed: PatchEmbed: expected pictures of 28x28 (input [2,1,21,28])");
  CHECK_THROWS_WITH(net(zeros({2, 3, 28, 28})),
                    "patch_embed: PatchEmbed: expected [N,1,H,W], got [2,3,28,28]");
  CHECK_THROWS_WITH(VisionTransformer({.depth = -1}),
                    "VisionTransformer: the depth must not be negative, got -1");
  CHECK_THROWS_WITH(VisionTransformer({.drop_path = 1.5}),
                    "VisionTransformer: drop_path must lie in [0, 1], got 1.5");
}

TEST_CASE("VisionTransformer: shapes, gradients and stochastic depth", "[models]") {
  VisionTransformer net(kSmall);
  const Tensor x = randn({3, 1, 28, 28});
  CHECK(net.forward_features(x).shape() == Shape{3, 17, 32});
  CHECK_FALSE(net(x).to_vector<float>() == net(x).to_vector<float>());  // other blocks are dropped each time
  net.eval();
  const Tensor y = net(x);
  CHECK(y.shape() == Shape{3, 10});
  CHECK(y.to_vector<float>() == net(x).to_vector<float>());
  y.sum().backward();
  for (const auto& [name, parameter] : net.named_parameters()) {
    INFO(name);
    CHECK(parameter.grad().defined());
  }
}

TEST_CASE("VisionTransformer: without position embedding it does not see where a patch lies", "[models]") {
  VisionTransformer net(kSmall);
  net.eval();
  net.to(DType::Float64);
  const Tensor x = randn({1, 1, 28, 28}, DType::Float64);
  const Tensor moved = roll(x, {7, 14}, {2, 3});  // whole patches
  const auto difference = [&] { return max(abs(net(x) - net(moved))).item(); };
  CHECK(difference() > 1e-8);
  NoGrad guard;
  net.pos_embed.fill_(0);
  CHECK(difference() < 1e-14);
}

TEST_CASE("VisionTransformer: blocks one by one give what the whole gives", "[models][vit]") {
  VisionTransformer net(kSmall);
  net.eval();
  const Tensor x = randn({2, 1, 28, 28});
  const std::vector<Tensor> blocks = net.forward_intermediates(x);
  REQUIRE(blocks.size() == 2);
  CHECK(net.norm(blocks[1]).to_vector<float>() == net.forward_features(x).to_vector<float>());
  CHECK(net.forward_head(net.forward_features(x)).to_vector<float>() == net(x).to_vector<float>());
}

TEST_CASE("VitAttention: weights are what its values are averaged with", "[models][vit]") {
  const int64_t tokens = 5, dim = 6, heads = 2;
  VitAttention attn({.dim = dim, .heads = heads});
  attn.to(DType::Float64);
  const Tensor x = randn({3, tokens, dim}, DType::Float64);
  const Tensor weights = attn.weights(x);
  CHECK(weights.shape() == Shape{3, heads, tokens, tokens});
  CHECK(max(abs(sub(weights.sum({-1}), 1))).item() < 1e-14);
  const Tensor values = attn.qkv(x).slice(2, 2 * dim, {}).reshape({3, tokens, heads, dim / heads});
  const Tensor mean = matmul(weights, values.transpose(1, 2)).transpose(1, 2).reshape({3, tokens, dim});
  CHECK(max(abs(sub(attn.proj(mean), attn(x)))).item() < 1e-13);
}

TEST_CASE("VisionTransformer: every parameter of every variety gets a gradient", "[models][vit]") {
  VisionTransformerOptions distilled = kSmall, registers = kSmall, mean = kSmall, both = kSmall;
  distilled.distilled = true;
  registers.reg_tokens = 3;
  registers.embedded_prefix = 1;
  registers.representation_size = 8;
  mean.class_token = false;
  mean.readout = VitReadout::Mean;
  both.readout = VitReadout::TokenAndMean;
  both.reg_tokens = 2;
  both.embedded_prefix = 0;
  for (VisionTransformerOptions options : {distilled, registers, mean, both}) {
    options.dynamic_img_size = true;
    VisionTransformer net(options);
    net.eval();
    const Tensor y = net(randn({2, 1, 35, 14}));  // 5 x 2 patches, so that positions are resampled
    CHECK(y.shape() == Shape{2, 10});
    y.sum().backward();
    for (const auto& [name, parameter] : net.named_parameters()) {
      INFO(name);
      REQUIRE(parameter.grad().defined());
      CHECK(max(abs(parameter.grad())).item() > 0);
    }
  }
}

TEST_CASE("VisionTransformer: registers do not start equal", "[models][vit]") {
  VisionTransformer net({.img_size = 16, .dim = 8, .depth = 0, .heads = 1, .reg_tokens = 2});
  CHECK(max(abs(sub(net.reg_token.select(1, 0), net.reg_token.select(1, 1)))).item() > 0);
}

TEST_CASE("VisionTransformer without classes gives what a head would read", "[models][vit]") {
  VisionTransformerOptions options = kSmall;
  options.classes = 0;
  VisionTransformer net(options);
  net.eval();
  const Tensor x = randn({2, 1, 28, 28});
  CHECK(net(x).to_vector<float>() == net.forward_features(x).select(1, 0).to_vector<float>());
  for (const auto& [name, tensor] : net.state_dict()) {
    CHECK_FALSE(name.starts_with("head"));
  }
}

TEST_CASE("VisionTransformer refuses options that contradict each other", "[models][vit]") {
  CHECK_THROWS_WITH(
      VisionTransformer({.classes = -1}),
      "VisionTransformer: classes, reg_tokens and representation_size must not be negative, got "
      "-1, 0 and 0");
  CHECK_THROWS_WITH(VisionTransformer({.class_token = false}),
                    "VisionTransformer: without class token, only the mean of the patches can be read");
  CHECK_THROWS_WITH(
      VisionTransformer({.distilled = true, .readout = VitReadout::TokenAndMean}),
      "VisionTransformer: the heads of a distilled one read the class and the distillation token");
  CHECK_THROWS_WITH(VisionTransformer({.reg_tokens = 2, .embedded_prefix = 4}),
                    "VisionTransformer: positions for 4 of the tokens before the patches, but there are 3");
}

TEST_CASE("VisionTransformer refuses what does not divide", "[models]") {
  CHECK_THROWS_WITH(VisionTransformer({.dim = 65, .heads = 4}),
                    "VisionTransformer: a width of 65 does not divide into 4 heads");
}
