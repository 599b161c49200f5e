#include "models/mobilenet_v2.h"

#include "autograd/ops.h"
#include "layers/init.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/models/synthetic_weights.h"
#include "weights/zoo.h"

using namespace helder;

TEST_CASE("MobileNetV2 has torchvision's sizes and names", "[models]") {
  const init::SkipRandom guard;
  CHECK(MobileNetV2().parameter_count() == 3'504'872);
  CHECK(MobileNetV2({.width_mult = 0.5}).parameter_count() == 1'968'680);
  CHECK(MobileNetV2({.width_mult = 1.4}).parameter_count() == 6'108'776);
  const StateDict state = MobileNetV2().state_dict();
  CHECK(state.size() == 314);
  CHECK(state.front().first == "features.0.0.weight");
  CHECK(state[6].first == "features.1.conv.0.0.weight");
  CHECK(state.back().first == "classifier.1.bias");
  CHECK_THROWS_WITH(MobileNetV2({.width_mult = 0}), "MobileNetV2: width_mult must be positive, got 0");
}

TEST_CASE("MobileNetV2: every parameter gets a gradient", "[models]") {
  MobileNetV2 net({.classes = 10, .width_mult = 0.25, .dropout = 0});
  const Tensor y = net(randn({2, 3, 32, 48}));
  CHECK(y.shape() == Shape{2, 10});
  y.sum().backward();
  for (const auto& [name, parameter] : net.named_parameters()) {
    INFO(name);
    CHECK(parameter.grad().defined());
  }
}

TEST_CASE("MobileNetV2 computes what others' do", "[models]") {
  const init::SkipRandom guard;
  for (const char* naming : {"torchvision", "timm", "huggingface"}) {
    const ZooModel& model = zoo_model("mobilenet_v2");
    testing::check_model(*model.make(1000), testing::ReferenceModel("mobilenet_v2." + std::string(naming)),
                         model.maps);
  }
}
