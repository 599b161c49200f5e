#include "models/resnet.h"

#include "autograd/ops.h"
#include "layers/init.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/models/synthetic_weights.h"
#include "weights/zoo.h"

using namespace helder;

namespace {

const ResNetOptions kSmall = {
    .bottleneck = true, .layers = {1, 2, 1, 1}, .classes = 10, .widths = {2, 4, 6, 8}, .stem_width = 8};

void check_depth(const std::string& depth) {
  const init::SkipRandom guard;
  for (const char* naming : {".torchvision", ".timm", ".huggingface"}) {
    const ZooModel& model = zoo_model("resnet" + depth);
    testing::check_model(*model.make(1000), testing::ReferenceModel("resnet" + depth + naming), model.maps);
  }
}

}  // namespace

TEST_CASE("ResNet has torchvision's sizes and names", "[models]") {
  const init::SkipRandom guard;
  const ResNet net18(resnet_options(18)), net50(resnet_options(50));
  CHECK(net18.parameter_count() == 11'689'512);
  CHECK(net50.parameter_count() == 25'557'032);
  std::vector<std::string> names;
  for (const auto& [name, tensor] : net50.state_dict()) {
    names.push_back(name);
  }
  CHECK(names.size() == 320);
  CHECK(names.front() == "conv1.weight");
  CHECK(names[25] == "layer1.0.downsample.1.weight");
  CHECK(names.back() == "fc.bias");
  CHECK_THROWS_WITH(resnet_options(20), "resnet_options: the depth must be 18, 34, 50, 101 or 152, got 20");
}

TEST_CASE("ResNet: every parameter gets a gradient", "[models]") {
  ResNet net(kSmall);
  const auto features = net.forward_features(randn({2, 3, 64, 64}));
  REQUIRE(features.size() == 4);
  CHECK(features[0].shape() == Shape{2, 8, 16, 16});
  CHECK(features[3].shape() == Shape{2, 32, 2, 2});
  const Tensor y = net(randn({2, 3, 33, 47}));
  CHECK(y.shape() == Shape{2, 10});
  y.sum().backward();
  for (const auto& [name, parameter] : net.named_parameters()) {
    INFO(name);
    CHECK(parameter.grad().defined());
  }
}

TEST_CASE("ResNet: zero_init_residual makes each block start as the identity", "[models]") {
  for (const bool bottleneck : {false, true}) {
    ResNetOptions options = kSmall;
    options.bottleneck = bottleneck;
    options.zero_init_residual = true;
    ResNet net(options);
    const Tensor x = rand({1, bottleneck ? 16 : 4, 5, 5});
    CHECK(net.layer2[1](x).to_vector<float>() == x.to_vector<float>());
  }
}

TEST_CASE("ResNet prints its blocks", "[models]") {
  ResNetBasicBlock block(4, 8, 2);
  CHECK(to_string(block) ==
        "BasicBlock(\n"
        "  (conv1): Conv2d(4, 8, kernel_size=3x3, stride=2x2, padding=1x1, bias=false)\n"
        "  (bn1): BatchNorm2d(8)\n"
        "  (conv2): Conv2d(8, 8, kernel_size=3x3, padding=1x1, bias=false)\n"
        "  (bn2): BatchNorm2d(8)\n"
        "  (downsample): Sequential(\n"
        "    (0): Conv2d(4, 8, kernel_size=1x1, stride=2x2, bias=false)\n"
        "    (1): BatchNorm2d(8)\n"
        "  )\n"
        ")");
}

TEST_CASE("ResNet-18 computes what others' do", "[models]") { check_depth("18"); }
TEST_CASE("ResNet-34 computes what others' do", "[models]") { check_depth("34"); }
TEST_CASE("ResNet-50 computes what others' do", "[models]") { check_depth("50"); }
TEST_CASE("ResNet-101 computes what others' do", "[models]") { check_depth("101"); }
TEST_CASE("ResNet-152 computes what others' do", "[models]") { check_depth("152"); }
