#include "models/squeezenet.h"

#include "autograd/ops.h"
#include "layers/init.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/models/synthetic_weights.h"
#include "weights/zoo.h"

using namespace helder;

TEST_CASE("SqueezeNet has torchvision's sizes and names", "[models]") {
  const init::SkipRandom guard;
  SqueezeNet v1_1, v1_0({.version = SqueezeNetVersion::V1_0});
  CHECK(v1_0.parameter_count() == 1'248'424);
  CHECK(v1_1.parameter_count() == 1'235'496);
  const StateDict state = v1_1.state_dict();
  CHECK(state.size() == 52);
  CHECK(state.front().first == "features.0.weight");
  CHECK(state[2].first == "features.3.squeeze.weight");
  CHECK(state.back().first == "classifier.1.bias");
}

TEST_CASE("SqueezeNet: every parameter gets a gradient", "[models]") {
  SqueezeNet net({.classes = 10, .dropout = 0});
  const Tensor y = net(randn({2, 3, 32, 32}));
  CHECK(y.shape() == Shape{2, 10});
  y.sum().backward();
  for (const auto& [name, parameter] : net.named_parameters()) {
    INFO(name);
    CHECK(parameter.grad().defined());
  }
}

TEST_CASE("SqueezeNet names the layer that does not take a picture", "[models]") {
  SqueezeNet net;
  CHECK_THROWS_WITH(net(zeros({1, 1, 64, 64})),
                    StartsWith("features.0: conv2d: input has 1 channels but weight expects 3"));
}

TEST_CASE("SqueezeNet computes what torchvision's does", "[models]") {
  const init::SkipRandom guard;
  for (const char* name : {"squeezenet1_0", "squeezenet1_1"}) {
    const ZooModel& model = zoo_model(name);
    testing::check_model(*model.make(1000), testing::ReferenceModel(std::string(name) + ".torchvision"),
                         model.maps);
  }
}
