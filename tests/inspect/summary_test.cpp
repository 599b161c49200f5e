#include "inspect/summary.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <tuple>

#include "layers/activations.h"
#include "layers/conv2d.h"
#include "layers/conv_transpose2d.h"
#include "layers/init.h"
#include "layers/linear.h"
#include "layers/module_guards.h"
#include "layers/pooling.h"
#include "layers/sequential.h"
#include "models/cifar_resnet.h"
#include "models/lenet.h"
#include "models/mlp.h"
#include "models/mnist_cnn.h"
#include "models/unet.h"
#include "models/vit_variants.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/paths.h"
#include "tests/sanitizer.h"
#include "weights/zoo.h"

using namespace helder;

namespace {

const SummaryRow& row(const Summary& summary, const std::string& path) {
  for (const SummaryRow& row : summary.rows) {
    if (row.path == path) {
      return row;
    }
  }
  FAIL("no row " << path);
  return summary.rows.front();
}

std::string text_of(const std::string& fixture) {
  std::ifstream file(testing::source_path("tests/fixtures/" + fixture));
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

VisionTransformerOptions digit_vit() {
  return {
      .img_size = 28, .patch_size = 7, .in_channels = 1, .classes = 10, .dim = 64, .depth = 4, .heads = 4};
}

constexpr SummaryOptions kOnce = {.depth = 0, .measured = false};

/// First and last of some rows or columns.
struct Range {
  int64_t first = std::numeric_limits<int64_t>::max(), last = -1;

  void include(int64_t i) {
    first = std::min(first, i);
    last = std::max(last, i);
  }
};

struct Field {
  Range rows, columns;
};

/// The rows and columns of a picture that the middle of a module's output depends on, as far as a gradient
/// shows: a maximum hides all but one, so several pictures are looked at.
Field measured_field(Module& net, const std::string& path, const Shape& shape) {
  Field seen;
  Tensor output;
  ForwardHooks hooks;
  for (const auto& [name, module] : net.named_modules()) {
    if (name == path) {
      hooks.add(*module, [&output](const Module&, std::span<const Tensor>, const Tensor& y) { output = y; });
    }
  }
  for (int picture = 0; picture < 3; ++picture) {
    Tensor x = randn(shape);
    x.requires_grad_();
    net(x);
    output.select(3, output.size(3) / 2).select(2, output.size(2) / 2).sum().backward();
    const Tensor dx = x.grad();
    float largest = 0;
    for (const float value : dx.to_vector<float>()) {
      largest = std::max(largest, std::abs(value));
    }
    const float rounding = 1e-6F * largest;  // of Winograd's convolutions, whose zeros are sums of products
    for (int64_t c = 0; c < shape[1]; ++c) {
      for (int64_t i = 0; i < shape[2]; ++i) {
        for (int64_t j = 0; j < shape[3]; ++j) {
          if (std::abs(dx.at<float>({0, c, i, j})) > rounding) {
            seen.rows.include(i);
            seen.columns.include(j);
          }
        }
      }
    }
  }
  return seen;
}

void check_field(Module& net, const std::string& path, const Shape& shape) {
  INFO(path);
  net.eval();
  const Summary s = summary(net, randn(shape), kOnce);
  const SummaryRow& r = row(s, path);
  REQUIRE(r.field.known);
  REQUIRE_FALSE(r.field.approximate);
  const Field measured = measured_field(net, path, shape);
  const auto i = static_cast<double>(r.output[2] / 2), j = static_cast<double>(r.output[3] / 2);
  CHECK(static_cast<double>(measured.rows.first) == r.field.h.low + i * r.field.h.jump);
  CHECK(static_cast<double>(measured.rows.last) == r.field.h.high + i * r.field.h.jump);
  CHECK(static_cast<double>(measured.columns.first) == r.field.w.low + j * r.field.w.jump);
  CHECK(static_cast<double>(measured.columns.last) == r.field.w.high + j * r.field.w.jump);
}

VisionTransformerOptions vit_for_any_size(const std::string& name) {
  VisionTransformerOptions options = vit_variant(name).options;
  options.dynamic_img_size = true;
  return options;
}

/// A network of tests/fixtures/generate_torchinfo.py.
std::shared_ptr<Module> torchinfo_model(const std::string& name) {
  if (name == "lenet") return make<LeNet>();
  if (name == "mlp") return make<Mlp>();
  if (name == "mnist_cnn") return make<MnistCnn>();
  if (name == "unet") return make<UNet>();
  if (name == "resnet8") return make<CifarResNet>(CifarResNetOptions{.depth = 8, .in_channels = 1});
  if (name == "mnist_vit") return make<VisionTransformer>(digit_vit());
  if (name.find("_patch") != std::string::npos) return make<VisionTransformer>(vit_for_any_size(name));
  const ZooModel& model = zoo_model(name);
  return model.make(static_cast<int64_t>(model.classes.size()));
}

/// The multiply-adds that torchinfo gives a layer.
int64_t torchinfo_multiply_adds(const SummaryRow& r) {
  const int64_t pictures = r.output[0], outputs = r.output.numel() / pictures;
  if (r.layer == "Linear") {
    return r.multiply_adds / (outputs / r.output[r.output.rank() - 1]);
  }
  return r.layer == "ConvTranspose2d" ? r.parameters * pictures * r.output[2] * r.output[3] : r.multiply_adds;
}

struct Totals {
  int64_t parameters = 0, layers = 0, multiply_adds = 0;
};

/// Totals as torchinfo counts them, but for one thing: it counts a linear layer once a picture, however many
/// tokens go through it, and the fixture's `each_token` has mended that. It does not see attention's
/// products, and counts a transposed convolution's weights at each pixel of its output.
Totals torchinfo_totals(const Summary& s) {
  Totals totals{.parameters = s.total_parameters, .multiply_adds = s.model().multiply_adds};
  for (const SummaryRow& r : s.rows) {
    totals.layers += r.leaf && r.parameters > 0 ? 1 : 0;
    totals.multiply_adds -= r.layer == "VitAttention" ? r.own_multiply_adds : 0;
    totals.multiply_adds += r.layer == "ConvTranspose2d" ? torchinfo_multiply_adds(r) - r.multiply_adds : 0;
  }
  return totals;
}

Shape shape_of(const nlohmann::json& list) {
  const auto sizes = list.get<std::vector<int64_t>>();
  return Shape(std::span(sizes));
}

}  // namespace

TEST_CASE("summary: ResNet-50 as everybody counts it", "[inspect][summary]") {
  const init::SkipRandom skip;
  const auto net = zoo_model("resnet50").make(1000);
  const Summary s = summary(*net, zeros({1, 3, 224, 224}), kOnce);
  CHECK(s.total_parameters == 25557032);
  CHECK(s.trainable_parameters == 25557032);
  CHECK_THAT(s.str(),
             ContainsSubstring("Parameters: 25,557,032, of which 25,557,032 are trained (102.23 MB)"));
  CHECK_THAT(s.str(), ContainsSubstring("Multiply-adds: 4.09 G"));
  CHECK(s.layers_in_a_row == 50);
  CHECK(row(s, "maxpool").field.str() == "11x11");
  // 483 in the paper, whose blocks have their stride in the first convolution, before the 3x3 window.
  CHECK(row(s, "layer4").field.str() == "427x427");
  CHECK(row(s, "fc").field.str() == "all");
}

TEST_CASE("summary: ViT-B/16's parameters, and attention's products", "[inspect][summary]") {
  const init::SkipRandom skip;
  VisionTransformer net({.dynamic_img_size = true});
  const Summary s = summary(net, zeros({1, 3, 32, 32}), kOnce);
  CHECK(s.total_parameters == 86567656);
  const SummaryRow& attention = row(s, "blocks.0.attn");  // 5 tokens of 768
  CHECK(attention.own_multiply_adds == 2 * 5 * 5 * 768);
  CHECK(attention.multiply_adds == 2 * 5 * 5 * 768 + 5 * (4 * 768 * 768 + 4 * 768));
  CHECK(row(s, "patch_embed").field.str() == "16x16");
  CHECK(row(s, "blocks.0.norm1").field.str() == "16x16");
  CHECK(attention.field.str() == "all");
}

TEST_CASE("summary: counts the layers in a row", "[inspect][summary]") {
  const init::SkipRandom skip;
  CifarResNet net20({.depth = 20});
  CHECK(summary(net20, zeros({1, 3, 8, 8}), kOnce).layers_in_a_row == 20);
  const auto net18 = zoo_model("resnet18").make(10);
  CHECK(summary(*net18, zeros({1, 3, 32, 32}), kOnce).layers_in_a_row == 18);
}

TEST_CASE("summary: agrees with torchinfo", "[inspect][summary]") {
  const auto fixture = nlohmann::json::parse(text_of("torchinfo.json"));
  for (const auto& [name, theirs] : fixture.items()) {
    INFO(name);
    const int64_t parameters = theirs.at("parameters");
    const bool is_vit = name.find("_patch") != std::string::npos || name == "mnist_vit";
    if (is_vit && parameters > 30'000'000) {
      continue;  // in the next test
    }
    if (kAddressSanitizer && parameters > 30'000'000) {
      continue;  // seconds each
    }
    const init::SkipRandom skip;
    const auto net = torchinfo_model(name);
    const Summary s = summary(*net, zeros(shape_of(theirs.at("input"))), kOnce);
    const Totals totals = torchinfo_totals(s);
    CHECK(totals.parameters == parameters);
    CHECK(s.trainable_parameters == theirs.at("trainable"));
    CHECK(totals.layers == theirs.at("layer_count"));
    CHECK(totals.multiply_adds == theirs.at("each_token"));
    CHECK((is_vit || theirs.at("each_token") == theirs.at("multiply_adds")));
    for (const auto& layer : theirs.value("layers", nlohmann::json::array())) {
      const SummaryRow& r = row(s, layer.at(0));
      INFO(r.path);
      CHECK(r.layer == layer.at(1));
      CHECK(r.kernel == layer.at(2).get<std::vector<int64_t>>());
      CHECK(r.input == shape_of(layer.at(3)));
      CHECK(r.output == shape_of(layer.at(4)));
      CHECK(r.parameters == layer.at(5));
      CHECK(torchinfo_multiply_adds(r) == layer.at(6));
    }
  }
}

TEST_CASE("summary: agrees with torchinfo on large vision transformers", "[inspect][summary]") {
  const auto fixture = nlohmann::json::parse(text_of("torchinfo.json"));
  for (const auto& entry : fixture.items()) {
    const std::string& name = entry.key();
    const auto& theirs = entry.value();
    INFO(name);
    if (theirs.at("parameters") < 30'000'000 || name.find("_patch") == std::string::npos) {
      continue;
    }
    // All blocks are alike, so two depths tell of any: a gigabyte of parameters takes seconds.
    const init::SkipRandom skip;
    const auto totals = [&](int64_t depth) {
      VisionTransformerOptions options = vit_for_any_size(name);
      options.depth = depth;
      VisionTransformer net(options);
      return torchinfo_totals(summary(net, zeros(shape_of(theirs.at("input"))), kOnce));
    };
    const int64_t more = vit_variant(name).options.depth - 1;
    const Totals one = totals(1), two = totals(2);
    CHECK(one.parameters + more * (two.parameters - one.parameters) == theirs.at("parameters"));
    CHECK(one.layers + more * (two.layers - one.layers) == theirs.at("layer_count"));
    CHECK(one.multiply_adds + more * (two.multiply_adds - one.multiply_adds) == theirs.at("each_token"));
    if (kAddressSanitizer) break;  // seconds each
  }
}

TEST_CASE("summary: each model that has a name is, or is built as, one that was compared with torchinfo",
          "[inspect][summary]") {
  const auto fixture = nlohmann::json::parse(text_of("torchinfo.json"));
  // What the shapes of a vision transformer follow from.
  const auto size = [](const VisionTransformerOptions& o) {
    return std::tuple(o.img_size, o.patch_size, o.dim, o.depth, o.heads, o.distilled, o.reg_tokens, o.classes,
                      o.layer_scale != 0);
  };
  for (const ZooModel& model : zoo()) {
    const std::string name(model.name);
    INFO(name);
    const auto& variants = vit_variants();
    const auto own =
        std::find_if(variants.begin(), variants.end(), [&](const auto& v) { return v.name == name; });
    const bool built_alike =
        own != variants.end() && std::any_of(variants.begin(), variants.end(), [&](const VitVariant& v) {
          return fixture.contains(std::string(v.name)) && size(v.options) == size(own->options);
        });
    // DINOv2 with a linear classifier on top: one layer more than what is compared.
    const bool has_classifier = name.ends_with("-imagenet1k-1-layer");
    CHECK((fixture.contains(name) || built_alike || has_classifier));
  }
}

TEST_CASE("summary: receptive fields are those that gradients show", "[inspect][summary]") {
  Sequential odd{make<Conv2d>(2, 8, Pair{3, 5}, Conv2dLayerOptions{.stride = {2, 1}, .padding = {0, 2}}),
                 make<Conv2d>(8, 8, 3, Conv2dLayerOptions{.padding = 2, .dilation = 2}),
                 make<AvgPool2d>(Pair{2, 3}), make<Conv2d>(8, 4, 3)};
  for (const char* path : {"0", "1", "2", "3"}) {
    check_field(odd, path, {1, 2, 60, 50});
  }
  LeNet lenet;
  check_field(lenet, "conv2", {1, 1, 28, 28});
  CifarResNet residual({.depth = 8});
  for (const char* path : {"layer1", "layer2.0.conv1", "layer2", "layer3"}) {
    check_field(residual, path, {1, 3, 48, 48});
  }
  const auto squeeze = zoo_model("squeezenet1_1").make(10);
  check_field(*squeeze, "features.2", {1, 3, 48, 48});
  check_field(*squeeze, "features.4", {1, 3, 64, 64});
  if (!kAddressSanitizer) {  // which draws 25 million numbers slowly
    const auto bottlenecks = zoo_model("resnet50").make(10);
    check_field(*bottlenecks, "layer1", {1, 3, 64, 64});
  }
}

TEST_CASE("summary: fields that only bounds are known of are marked", "[inspect][summary]") {
  Sequential up{make<Conv2d>(1, 2, 3),
                make<ConvTranspose2d>(2, 1, 2, ConvTranspose2dLayerOptions{.stride = 2})};
  const Summary s = summary(up, zeros({1, 1, 8, 8}), kOnce);
  CHECK(row(s, "0").field.str() == "3x3");
  CHECK(row(s, "1").field.str() == "~4x4");
}

TEST_CASE("summary: memory is what was taken and kept", "[inspect][summary]") {
  Sequential net{make<Linear>(4, 3), make<ReLU>(), make<Linear>(3, 2)};
  const Summary s = summary(net, zeros({5, 4}), kOnce);
  CHECK(row(s, "0").activation_bytes == 5 * 3 * 4);
  CHECK(row(s, "0").backward_bytes == 0);  // the model's input
  CHECK(row(s, "1").backward_bytes == 5 * 3 * 4);
  CHECK(row(s, "2").backward_bytes == 5 * 3 * 4);  // the same memory
  CHECK(s.model().backward_bytes == 5 * 3 * 4);
  CHECK(s.model().activation_bytes == 5 * (3 + 3 + 2) * 4);
  CHECK(s.input_bytes == 5 * 4 * 4);
}

TEST_CASE("summary: a module used twice counts once; frozen parameters are told", "[inspect][summary]") {
  struct Twice : Module {
    Linear fc{4, 4}, last{4, 2};
    Twice() { register_modules({{"fc", fc}, {"last", last}}); }
    Tensor forward(const Tensor& x) override { return last(fc(fc(x))); }
    std::string describe() const override { return "Twice"; }
  } net;
  net.fc.weight.requires_grad_(false);
  net.fc.bias.requires_grad_(false);
  const Summary s = summary(net, zeros({1, 4}), kOnce);
  REQUIRE(s.rows.size() == 4);
  CHECK_FALSE(s.rows[1].repeated);
  CHECK(s.rows[2].repeated);
  CHECK(s.total_parameters == 30);
  CHECK(s.trainable_parameters == 10);
  CHECK(s.model().multiply_adds == 20 + 20 + 10);
  CHECK_THAT(s.str(), ContainsSubstring("(repeated)"));
  CHECK_THAT(s.str(), ContainsSubstring("partly"));
}

TEST_CASE("summary: leaves the model as it was", "[inspect][summary]") {
  CifarResNet net({.depth = 8});
  net.layer1.eval();
  const auto mean = net.bn1.running_mean.to_vector<float>();
  summary(net, randn({2, 3, 16, 16}));
  CHECK(net.is_training());
  CHECK_FALSE(net.layer1.is_training());
  CHECK(net.bn1.running_mean.to_vector<float>() == mean);
  CHECK_FALSE(net.conv1.weight.grad().defined());
  summary(net, randn({2, 3, 16, 16}), {.training = true});
  CHECK(net.bn1.running_mean.to_vector<float>() != mean);
}

TEST_CASE("summary: prints a table", "[inspect][summary]") {
  LeNet lenet;
  CHECK(summary(lenet, zeros({1, 1, 28, 28}), kOnce).str() == text_of("summary/lenet.txt"));
  CifarResNet residual({.depth = 20});
  CHECK(summary(residual, zeros({1, 3, 32, 32}), {.depth = 2, .measured = false}).str() ==
        text_of("summary/resnet20_depth2.txt"));
  VisionTransformer vit(digit_vit());
  CHECK(summary(vit, zeros({1, 1, 28, 28}), kOnce).str() == text_of("summary/vit.txt"));
  CHECK_THAT(summary(lenet, zeros({1, 1, 28, 28})).str(), ContainsSubstring(" ms\n"));
}
