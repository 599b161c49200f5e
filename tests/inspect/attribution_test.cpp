#include "inspect/attribution.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "autograd/grad_mode.h"
#include "autograd/ops/interpolate.h"
#include "data/image.h"
#include "data/image_transforms.h"
#include "layers/flatten.h"
#include "layers/init.h"
#include "layers/linear.h"
#include "layers/sequential.h"
#include "models/cifar_resnet.h"
#include "models/lenet.h"
#include "models/vit.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/data_path.h"
#include "tests/paths.h"
#include "weights/load_weights.h"
#include "weights/zoo.h"

using namespace helder;

namespace {

nlohmann::json fixture() {
  std::ifstream file(testing::source_path("tests/fixtures/attribution.json"));
  return nlohmann::json::parse(file);
}

std::shared_ptr<Module> pretrained_squeezenet(const std::filesystem::path& weights) {
  const init::SkipRandom skip;
  auto net = zoo_model("squeezenet1_1").make(1000);
  load_weights(*net, *open_weights(weights));
  net->eval();
  return net;
}

// The same waves as in generate_attribution.py.
Tensor waves() {
  Tensor x = empty({1, 3, 224, 224});
  for (int64_t c = 0; c < 3; ++c) {
    for (int64_t i = 0; i < 224; ++i) {
      for (int64_t j = 0; j < 224; ++j) {
        const double value = 1.5 * std::sin(static_cast<double>((c + 1) * i) / 9) *
                             std::cos(static_cast<double>(j) / static_cast<double>(7 + c));
        x.at<float>({0, c, i, j}) = static_cast<float>(value);
      }
    }
  }
  return x;
}

}  // namespace

TEST_CASE("grad_cam and saliency: PyTorch's, of a pretrained network", "[inspect][attribution]") {
  const auto weights = data_path("checkpoints/squeezenet1_1-imagenet.safetensors");
  if (!weights) return;
  const auto net = pretrained_squeezenet(*weights);
  const Tensor x = waves();
  const auto expected = fixture();
  for (const int64_t target : {281, 285}) {
    INFO(target);
    const auto rows =
        expected.at("grad_cam").at(std::to_string(target)).get<std::vector<std::vector<double>>>();
    const Tensor map = grad_cam(*net, "features", x, target);
    REQUIRE(map.shape() == Shape{13, 13});
    double largest = 0;
    for (const auto& row : rows) {
      largest = std::max(largest, *std::max_element(row.begin(), row.end()));
    }
    CHECK(largest > 0);
    for (size_t i = 0; i < rows.size(); ++i) {
      for (size_t j = 0; j < rows[i].size(); ++j) {
        const auto value =
            static_cast<double>(map.at<float>({static_cast<int64_t>(i), static_cast<int64_t>(j)}));
        CHECK(std::abs(value - rows[i][j]) <= 1e-4 * largest);
      }
    }
    const auto& seen = expected.at("saliency").at(std::to_string(target));
    const Tensor gradient = saliency(*net, x, target);
    CHECK(gradient.sum().item() == Approx(seen.at("sum").get<double>()).epsilon(1e-3));
    for (size_t i = 0; i < 7; ++i) {
      CHECK(gradient[static_cast<int64_t>(32 * i)].sum().item() ==
            Approx(seen.at("rows")[i].get<double>()).epsilon(1e-3));
    }
  }
}

TEST_CASE("grad_cam: the tabby's heat lies on the cat", "[inspect][attribution]") {
  const auto weights = data_path("checkpoints/squeezenet1_1-imagenet.safetensors");
  const auto image = data_path("images/n02123045_tabby.JPEG");
  if (!weights || !image) return;
  const auto net = pretrained_squeezenet(*weights);
  const Tensor x = preprocess(load_image(*image), {}).reshape({1, 3, 224, 224});
  CHECK(grad_cam_layer(*net, x) == "features");
  const Tensor map = grad_cam(*net, "features", x, 281);
  const Tensor heat = interpolate(map.reshape({1, 1, 13, 13}), {.size = Pair(224), .mode = "bilinear"});
  // Its head, drawn by hand into the 224 x 224 pixels: rows 0 to 149, columns 60 to 223, 49 % of them.
  const Tensor head = heat.slice(2, 0, 150).slice(3, 60, 224);
  CHECK(head.sum().item() >= 0.6 * heat.sum().item());
}

TEST_CASE("occlusion: what is hidden is missed", "[inspect][attribution]") {
  // Class 1 is the sum of the picture's upper left quarter.
  Sequential net{make<Flatten>(), make<Linear>(64, 2)};
  auto& linear = dynamic_cast<Linear&>(net[1]);
  {
    const NoGrad no_grad;
    linear.weight.zero_();
    linear.bias.zero_();
    for (int64_t i = 0; i < 4; ++i) {
      for (int64_t j = 0; j < 4; ++j) {
        linear.weight.at<float>({1, 8 * i + j}) = 1;
      }
    }
  }
  const Tensor drop = occlusion(net, ones({1, 1, 8, 8}), {.window = 4, .stride = 4});
  REQUIRE(drop.shape() == Shape{2, 2, 2});
  CHECK(drop.at<float>({1, 0, 0}) == Approx(0.5).margin(1e-5));  // from almost 1 to a half
  CHECK(drop.at<float>({0, 0, 0}) == Approx(-0.5).margin(1e-5));
  for (const auto& [r, c] : {std::pair{0, 1}, std::pair{1, 0}, std::pair{1, 1}}) {
    CHECK(drop.at<float>({1, r, c}) == Approx(0).margin(1e-6));
  }
  CHECK(occlusion(net, ones({1, 1, 8, 8})).shape() == Shape{2, 7, 7});  // windows of 2, one apart
}

TEST_CASE("saliency and smooth_grad: of a linear model its weights", "[inspect][attribution]") {
  Sequential net{make<Flatten>(), make<Linear>(2 * 3 * 3, 4)};
  const Tensor x = randn({1, 2, 3, 3});
  const Tensor seen = saliency(net, x, 2), smooth = smooth_grad(net, x, 2, {.samples = 3});
  const auto& weight = dynamic_cast<Linear&>(net[1]).weight;
  for (int64_t p = 0; p < 9; ++p) {
    const float expected =
        std::max(std::abs(weight.at<float>({2, p})), std::abs(weight.at<float>({2, 9 + p})));
    CHECK(seen.at<float>({p / 3, p % 3}) == Approx(expected));
    CHECK(smooth.at<float>({p / 3, p % 3}) == Approx(expected));
  }
}

TEST_CASE("attribution: leaves gradients as they were", "[inspect][attribution]") {
  CifarResNet net({.depth = 8});
  net.eval();
  net.conv1.weight.set_grad(ones(net.conv1.weight.shape()));
  const Tensor x = randn({1, 3, 16, 16});
  CHECK(grad_cam_layer(net, x) == "layer3");
  CHECK(grad_cam(net, "layer3", x, 1).shape() == Shape{4, 4});
  saliency(net, x, 1);
  smooth_grad(net, x, 1);
  CHECK(net.conv1.weight.grad().sum().item() == static_cast<double>(net.conv1.weight.numel()));
  CHECK_FALSE(net.linear.weight.grad().defined());
  CHECK_FALSE(net.layer3.has_forward_hooks());
}

TEST_CASE("grad_cam: of a transformer over its patches", "[inspect][attribution]") {
  VisionTransformer net({.img_size = 12, .patch_size = 4, .classes = 3, .dim = 8, .depth = 2, .heads = 2});
  net.eval();
  const Tensor x = randn({1, 3, 12, 12});
  CHECK(grad_cam_layer(net, x) == "blocks.1.norm1");
  CHECK(grad_cam(net, "blocks.1.norm1", x, 0).shape() == Shape{3, 3});
  REQUIRE(token_grid(net));
  CHECK(token_grid(net)->prefix == 1);
  CHECK(token_grid(net)->grid == Pair(3));
  CHECK_FALSE(token_grid(LeNet()).has_value());
}

TEST_CASE("attention_rollout: PyTorch's", "[inspect][attribution]") {
  const auto expected = fixture().at("rollout");
  std::vector<Tensor> layers;
  for (const auto& layer : expected.at("layers")) {
    Tensor weights = empty({2, 4, 4});
    for (int64_t i = 0; i < 32; ++i) {
      weights.data<float>()[i] =
          layer[static_cast<size_t>(i / 16)][static_cast<size_t>(i / 4 % 4)][static_cast<size_t>(i % 4)];
    }
    layers.push_back(weights);
  }
  const Tensor rollout = attention_rollout(layers);
  for (int64_t i = 0; i < 16; ++i) {
    CHECK(
        rollout.at<float>({i / 4, i % 4}) ==
        Approx(expected.at("result")[static_cast<size_t>(i / 4)][static_cast<size_t>(i % 4)].get<double>()));
  }
}

TEST_CASE("attribution: says what is wrong", "[inspect][attribution]") {
  LeNet net;
  const Tensor x = randn({1, 1, 28, 28});
  CHECK_THROWS_WITH(grad_cam(net, "conv3", x, 0), "grad_cam: there is no module 'conv3'");
  CHECK_THROWS_WITH(grad_cam(net, "fc1", x, 0), "grad_cam: 'fc1' gives [1,120], which is no picture");
  CHECK_THROWS_WITH(grad_cam(net, "conv2", x, 10),
                    "grad_cam: there is no class 10 in scores of shape [1,10]");
  CHECK_THROWS_WITH(saliency(net, randn({2, 1, 28, 28}), 0),
                    "saliency: expected one picture [1,C,H,W], got [2,1,28,28]");
  CHECK_THROWS_WITH(occlusion(net, x, {.window = 29}),
                    "occlusion: a window of 29 does not fit in [1,1,28,28]");
  CHECK_THROWS_WITH(smooth_grad(net, x, 0, {.samples = 0}),
                    "smooth_grad: expected at least one sample, got 0");
  CHECK_THROWS_WITH(attention_rollout({}), "attention_rollout: there are no layers");
  CHECK_THROWS_WITH(attention_rollout({zeros({4, 4})}), "attention_rollout: expected [heads,T,T], got [4,4]");
}
