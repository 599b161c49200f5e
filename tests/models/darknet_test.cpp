#include "models/darknet.h"

#include <fstream>

#include "autograd/grad_mode.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/sub.h"
#include "layers/init.h"
#include "layers/module_guards.h"
#include "models/darknet_boxes.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/models/synthetic_weights.h"
#include "tests/paths.h"
#include "weights/darknet_cfg.h"
#include "weights/load_weights.h"

using namespace helder;

namespace {

// Written by tests/fixtures/generate_darknet.py.
DarknetOptions fixture_cfg(const std::string& name) {
  return load_darknet_cfg(testing::source_path("tests/fixtures/darknet/" + name + ".cfg"));
}

struct Loaded {
  testing::ReferenceModel reference;
  Darknet net;

  explicit Loaded(const std::string& name) : reference(name, "darknet"), net(fixture_cfg(name)) {
    load_weights(net, *reference.checkpoint());
    net.eval();
  }
};

// The largest difference over the root of the mean square.
double relative_difference(const Tensor& a, const Tensor& b) {
  REQUIRE(a.shape() == b.shape());
  const auto x = a.to_vector<double>(), y = b.to_vector<double>();
  double worst = 0, squares = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    worst = std::max(worst, std::abs(x[i] - y[i]));
    squares += y[i] * y[i];
  }
  return worst / std::sqrt(squares / static_cast<double>(x.size()));
}

DarknetLayerOptions layer(decltype(DarknetLayerOptions::kind) kind) {
  return {.kind = std::move(kind), .place = "L"};
}

// The message of plan_darknet for these layers, after an input of 3 x 8 x 6 (channels, height, width).
std::string plan_error(std::vector<DarknetLayerOptions> layers) {
  try {
    plan_darknet({.channels = 3, .height = 8, .width = 6, .layers = std::move(layers)});
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("Darknet: every layer computes what darknet's arithmetic in PyTorch does", "[darknet]") {
  const std::string name = GENERATE("classifier", "yolov2", "yolov3_tiny", "yolov3", "yolov3_spp",
                                    "yolov4_tiny", "yolov4", "yolov7_tiny", "others");
  const init::SkipRandom skip;
  Darknet net(fixture_cfg(name));
  testing::check_model(net, testing::ReferenceModel(name, "darknet"), {});
}

TEST_CASE("Darknet: shortcuts in a convolution's pass, and folded batch norm, change nothing", "[darknet]") {
  const std::string name = GENERATE("yolov3", "yolov4_tiny", "others");
  Loaded loaded(name);
  const Tensor x = loaded.reference.input();
  const NoGrad guard;
  Tensor one_by_one;
  {
    ForwardHooks apart;  // each layer has somebody who looks at its result
    for (DarknetLayer& each : loaded.net.layers) {
      apart.add(each, [](const Module&, std::span<const Tensor>, const Tensor&) {});
    }
    one_by_one = loaded.net(x);
  }
  CHECK(relative_difference(loaded.net(x), one_by_one) < 1e-5);
  const auto folded = fold_batch_norm(loaded.net);
  CHECK(relative_difference((*folded)(x), one_by_one) < 1e-5);
  CHECK(folded->parameter_count() < loaded.net.parameter_count());
}

TEST_CASE(
    "Darknet: a linear convolution and the shortcut behind it become one, but only where nobody else looks",
    "[darknet]") {
  const DarknetConvolutional plain{
      .filters = 3, .size = 3, .padding = 1, .activation = DarknetActivation::Linear};
  const auto net_of = [&](int64_t also) {  // the last layer reads `also` as well
    return DarknetOptions{
        .height = 8,
        .width = 8,
        .layers = {layer(plain), layer(plain), layer(DarknetDropout{}),
                   layer(DarknetShortcut{.from = {0}, .activation = DarknetActivation::Leaky}),
                   layer(DarknetRoute{.layers = {3, also}})}};
  };
  const int64_t also = GENERATE(0, 1, 2);
  Darknet net(net_of(also));
  net.eval();
  const Tensor x = randn({1, 3, 8, 8});
  const Tensor with_graph = net(x);  // recorded: each layer alone
  const NoGrad guard;
  CHECK(relative_difference(net(x), with_graph.detach()) < 1e-6);
}

TEST_CASE("Darknet: heads become the boxes that darknet's loops make of them", "[darknet]") {
  const std::string name =
      GENERATE("yolov2", "yolov3_tiny", "yolov3", "yolov3_spp", "yolov4_tiny", "yolov4", "yolov7_tiny");
  INFO(name);
  Loaded loaded(name);
  loaded.net.to(DType::Float64);
  std::ifstream file(testing::source_path("tests/fixtures/darknet/" + name + ".boxes.json"));
  const auto expected = nlohmann::json::parse(file);
  const NoGrad guard;
  const Tensor x = loaded.reference.input().slice(0, 0, 1).to(DType::Float64);
  const BoxPredictions found = predict_boxes(loaded.net, x, expected.at("threshold"));
  REQUIRE(found.boxes.shape() == Shape{12, 4});
  REQUIRE(found.scores.shape() == Shape{12, 3});
  const auto boxes = found.boxes.to_vector<double>(), scores = found.scores.to_vector<double>();
  for (size_t i = 0; i < 12; ++i) {
    const auto row = expected.at("boxes").at(i).get<std::vector<double>>();
    REQUIRE(row.size() == 7);
    for (size_t k = 0; k < 4; ++k) {
      CHECK(boxes[4 * i + k] == Approx(row[k]).epsilon(1e-9));
    }
    for (size_t k = 0; k < 3; ++k) {
      CHECK(scores[3 * i + k] == Approx(row[4 + k]).epsilon(1e-9));
    }
  }
  CHECK(predict_boxes(loaded.net, x, 1).boxes.shape() == Shape{0, 4});
}

TEST_CASE("Darknet: every parameter gets a gradient", "[darknet]") {
  Darknet net(fixture_cfg("yolov4_tiny"));
  const std::vector<Tensor> heads = net.forward_heads(randn({2, 3, 64, 96}));  // another size will do
  REQUIRE(heads.size() == 2);
  CHECK(heads[0].shape() == Shape{2, 24, 2, 3});
  CHECK(heads[1].shape() == Shape{2, 24, 4, 6});
  for (const Tensor& head : heads) {
    head.sum().backward({}, true);
  }
  for (const auto& [name, parameter] : net.named_parameters()) {
    INFO(name);
    CHECK(parameter.grad().defined());
  }
}

TEST_CASE("Darknet: names its parameters and prints its layers", "[darknet]") {
  const Darknet net(
      {.height = 8,
       .width = 8,
       .layers = {layer(DarknetConvolutional{.filters = 4, .batch_normalize = true}),
                  layer(DarknetConvolutional{.filters = 14, .activation = DarknetActivation::Linear}),
                  layer(DarknetYolo{.classes = 2, .anchors = {{1, 2}, {3, 4}}})}});
  std::vector<std::string> names;
  for (const auto& [name, tensor] : net.state_dict()) {
    names.push_back(name);
  }
  CHECK(names == std::vector<std::string>{"layers.0.conv.weight", "layers.0.norm.weight",
                                          "layers.0.norm.bias", "layers.0.norm.running_mean",
                                          "layers.0.norm.running_var", "layers.0.norm.num_batches_tracked",
                                          "layers.1.conv.weight", "layers.1.conv.bias"});
  CHECK(net.heads() == std::vector<int64_t>{2});
  CHECK_THAT(to_string(net),
             ContainsSubstring("Convolutional(logistic)") && ContainsSubstring("Yolo(classes=2, anchors=2)"));
}

TEST_CASE("Darknet: refuses sizes that do not fit", "[darknet]") {
  const auto conv = [](int64_t filters) { return layer(DarknetConvolutional{.filters = filters}); };
  CHECK(plan_error({conv(4), layer(DarknetRoute{.layers = {0, 1}})}) ==
        "L: there is no layer 1 before it, only 0 to 0");
  CHECK(plan_error({conv(4), layer(DarknetShortcut{.from = {-1}})}) ==
        "L: there is no layer -1 before it, only 0 to 0");
  CHECK(plan_error({layer(DarknetConvolutional{.filters = 4, .groups = 2})}) ==
        "L: 3 channels and 4 filters do not divide into 2 groups");
  CHECK(plan_error({layer(DarknetConvolutional{.filters = 4, .size = 9, .padding = 1})}) ==
        "L: a kernel over 9 pixels does not fit in 8 with their padding");
  CHECK(plan_error({conv(4), layer(DarknetMaxPool{.size = 2, .stride = 2}),
                    layer(DarknetRoute{.layers = {0, 1}})}) ==
        "L: layer 0 is 6 x 8 pixels and layer 1 3 x 4; only equal sizes can lie behind each other");
  CHECK(plan_error({conv(4), layer(DarknetMaxPool{.size = 2, .stride = 2}), layer(DarknetUpsample{}),
                    layer(DarknetShortcut{.from = {1}})}) ==
        "L: layer 1 is 3 x 4 pixels, neither as large as the 6 x 8 that it is added to nor a multiple");
  CHECK(plan_error({conv(4), layer(DarknetRoute{.layers = {0}, .groups = 2, .group_id = 2})}) ==
        "L: there is no group 2 among 2");
  CHECK(plan_error({conv(3), layer(DarknetRoute{.layers = {0}, .groups = 2})}) ==
        "L: 3 channels do not divide into 2 groups");
  CHECK(plan_error({layer(DarknetReorg{.stride = 4})}) == "L: 6 x 8 pixels do not divide into squares of 4");
  CHECK(plan_error({layer(DarknetReorg{.stride = 2})}) == "L: 3 channels do not divide by 2 x 2");
  CHECK(plan_error({layer(DarknetMaxPool{.size = 9, .stride = 1})}) ==
        "L: a window of 9 pixels does not fit in 8 with 0 of padding");
  CHECK(plan_error({layer(DarknetMaxPool{.size = 2, .stride = 1, .padding = 3})}) ==
        "L: padding 3 is not from 0 to 2, twice the size less one: a window would see nothing else");
  CHECK(plan_error({layer(DarknetCrop{.height = 9, .width = 2})}) ==
        "L: 2 x 9 pixels cannot be cut out of 6 x 8");
  CHECK(plan_error({layer(DarknetSoftmax{.groups = 5})}) == "L: 144 numbers do not divide into 5 groups");
  CHECK(plan_error({conv(20), layer(DarknetYolo{.classes = 2, .anchors = {{1, 2}, {3, 4}}})}) ==
        "L: 2 anchors of 5 + 2 numbers need 14 filters in the layer before, which has 20");
  CHECK(plan_error({layer(DarknetYolo{.classes = 1, .anchors = {{1, 2}}})}) ==
        "L: a head cannot be the first layer");
  CHECK(plan_error({layer(DarknetConnected{.output = 1 << 24})}) ==
        "L: with linear.weight [16777216,144] the weights are more than 1073741824 numbers");
  CHECK(plan_error({layer(DarknetUpsample{.stride = 1 << 24})}) ==
        "L: its result [3,134217728,100663296] is more than 1073741824 numbers");
  CHECK_THROWS_WITH(Darknet(DarknetOptions{}), "Darknet: there are no layers");
  Darknet net({.height = 4, .width = 4, .layers = {conv(2)}});
  CHECK_THROWS_WITH(net.forward_heads(zeros({1, 3, 4, 4})),
                    "Darknet: the network has no [yolo] or [region] layer: it finds no boxes");
  CHECK_THROWS_WITH(net(zeros({1, 2, 4, 4})),
                    ContainsSubstring("Darknet: expected [N,3,H,W], got [1,2,4,4]"));
}
