#include "models/vgg.h"

#include "autograd/ops.h"
#include "layers/init.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/models/synthetic_weights.h"
#include "weights/zoo.h"

using namespace helder;

namespace {

// With 128 units for 4096 in the linear layers, which are nine tenths of all weights.
void check_model(const std::string& name, int64_t depth, bool batch_norm) {
  const init::SkipRandom guard;
  for (const char* naming : {".torchvision", ".timm"}) {
    Vgg net({.depth = depth, .batch_norm = batch_norm, .hidden = 128});
    testing::check_model(net, testing::ReferenceModel(name + naming), zoo_model(name).maps);
  }
}

}  // namespace

TEST_CASE("Vgg has torchvision's sizes and names", "[models]") {
  const init::SkipRandom guard;
  // torchvision's counts, with 8 units for 4096: 25,088 * 4088 + 4088 * (4096 + 8) + 4088 * 1000 and the
  // biases less.
  const auto difference = [](int64_t hidden) {
    return 25'088 * hidden + hidden * hidden + 1000 * hidden + 2 * hidden;
  };
  const std::vector<std::tuple<int64_t, bool, int64_t>> expected = {
      {11, false, 132'863'336}, {11, true, 132'868'840}, {13, false, 133'047'848}, {13, true, 133'053'736},
      {16, false, 138'357'544}, {16, true, 138'365'992}, {19, false, 143'667'240}, {19, true, 143'678'248}};
  for (const auto& [depth, batch_norm, count] : expected) {
    const Vgg net({.depth = depth, .batch_norm = batch_norm, .hidden = 8});
    CHECK(net.parameter_count() + difference(4096) - difference(8) == count);
  }
  const StateDict state = Vgg({.batch_norm = true, .hidden = 8}).state_dict();
  CHECK(state[2].first == "features.1.weight");
  CHECK(state.back().first == "classifier.6.bias");
  CHECK_THROWS_WITH(Vgg({.depth = 12}), "Vgg: the depth must be 11, 13, 16 or 19, got 12");
}

TEST_CASE("Vgg: every parameter gets a gradient", "[models]") {
  Vgg net({.depth = 11, .batch_norm = true, .classes = 10, .dropout = 0, .hidden = 8});
  const Tensor y = net(randn({2, 3, 32, 40}));
  CHECK(y.shape() == Shape{2, 10});
  y.sum().backward();
  for (const auto& [name, parameter] : net.named_parameters()) {
    INFO(name);
    CHECK(parameter.grad().defined());
  }
}

TEST_CASE("VGG-11 computes what others' do", "[models]") { check_model("vgg11", 11, false); }
TEST_CASE("VGG-11 with batch norm computes what others' do", "[models]") {
  check_model("vgg11_bn", 11, true);
}
TEST_CASE("VGG-16 computes what others' do", "[models]") { check_model("vgg16", 16, false); }
TEST_CASE("VGG-16 with batch norm computes what others' do", "[models]") {
  check_model("vgg16_bn", 16, true);
}
