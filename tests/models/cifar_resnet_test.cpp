#include "models/cifar_resnet.h"

#include "autograd/ops.h"
#include "layers/init.h"
#include "tensor/factories.h"
#include "tests/catch.h"

using namespace helder;

TEST_CASE("CifarResNet has the paper's numbers of parameters", "[models]") {
  // Table 6 of the paper, in millions: 0.27, 0.46, 0.66, 0.85, 1.7.
  const std::vector<std::pair<int64_t, int64_t>> expected = {
      {20, 269722}, {32, 464154}, {44, 658586}, {56, 853018}, {110, 1727962}};
  for (const auto& [depth, count] : expected) {
    CHECK(CifarResNet({.depth = depth}).parameter_count() == count);
  }
}

TEST_CASE("CifarResNet names its parameters as the published checkpoints do", "[models]") {
  CifarResNet net;
  std::vector<std::string> names;
  for (const auto& [name, tensor] : net.named_parameters()) {
    names.push_back(name);
  }
  CHECK(names.front() == "conv1.weight");
  CHECK(names.back() == "linear.bias");
  CHECK(std::count(names.begin(), names.end(), "layer2.0.conv1.weight") == 1);
  CHECK(std::count(names.begin(), names.end(), "layer3.2.bn2.bias") == 1);
  CHECK_THROWS_WITH(CifarResNet({.depth = 21}),
                    "CifarResNet: the depth must be 6 n + 2 (8, 14, 20, ...), got 21");
}

TEST_CASE("CifarBlock: every second pixel and zeros for the new channels go past", "[models]") {
  CifarBlock block(2, 4, 2);
  block.eval();
  init::zeros_(block.bn2.weight);  // nothing comes through the convolutions
  const Tensor x = rand({1, 2, 4, 4});
  const Tensor y = block(x);
  REQUIRE(y.shape() == Shape{1, 4, 2, 2});
  for (int64_t h = 0; h < 2; ++h) {
    for (int64_t w = 0; w < 2; ++w) {
      CHECK(y.at<float>({0, 0, h, w}) == 0);
      CHECK(y.at<float>({0, 1, h, w}) == x.at<float>({0, 0, 2 * h, 2 * w}));
      CHECK(y.at<float>({0, 2, h, w}) == x.at<float>({0, 1, 2 * h, 2 * w}));
      CHECK(y.at<float>({0, 3, h, w}) == 0);
    }
  }
}

TEST_CASE("CifarResNet: every parameter gets a gradient", "[models]") {
  CifarResNet net({.depth = 8, .in_channels = 1});
  const Tensor y = net(randn({3, 1, 28, 28}));
  CHECK(y.shape() == Shape{3, 10});
  y.sum().backward();
  for (const auto& [name, parameter] : net.named_parameters()) {
    INFO(name);
    CHECK(parameter.grad().defined());
  }
}

TEST_CASE("CifarResNet names what is wrong with a picture or a block", "[models]") {
  CifarResNet net({.depth = 8});
  CHECK_THROWS_WITH(net(zeros({2, 1, 8, 8})),
                    Catch::Matchers::StartsWith("conv1: conv2d: input has 1 channels but weight expects 3"));
  CHECK_THROWS_WITH(CifarBlock(8, 4, 1), "CifarBlock: the shortcut cannot lead from 8 to fewer channels, 4");
}
