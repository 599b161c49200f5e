// Checkpoints of small convolutional models as torchvision, timm and transformers save them, from the file's
// bytes to the logits. tests/fixtures/generate_model_files.py wrote them.

#include "models/mobilenet_v2.h"
#include "models/resnet.h"
#include "tests/catch.h"
#include "tests/models/synthetic_weights.h"
#include "tests/paths.h"
#include "weights/load_weights.h"
#include "weights/name_maps/mobilenet_v2.h"
#include "weights/name_maps/resnet.h"

using namespace helder;

namespace {

void check_file(Module& model, const std::string& name, const char* extension,
                std::span<const NameMap> maps) {
  const auto file = open_weights(testing::source_path("tests/fixtures/model_files/" + name + extension));
  const testing::ReferenceModel reference(name, "model_files");
  const std::string_view naming = load_weights(model, *file, maps);
  CHECK((naming.empty() || naming == reference.naming()));
  reference.check_outputs(model, 1e-4);
  model.to(DType::Float64);
  reference.check_outputs(model, 1e-10);
}

}  // namespace

TEST_CASE("a MobileNetV2 that torchvision's training saved", "[weights][models]") {
  MobileNetV2 net({.classes = 5, .width_mult = 0.25, .stages = {{1, 8, 1, 1}, {3, 32, 2, 2}}});
  check_file(net, "mobilenet_v2.torchvision", ".pth", mobilenet_v2_names());
}

TEST_CASE("a ResNet that timm saved", "[weights][models]") {
  ResNet net({.bottleneck = true, .layers = {1, 2, 1, 1}, .classes = 5, .widths = {2, 3, 4, 5}});
  check_file(net, "resnet.timm", ".safetensors", resnet_names());
}

TEST_CASE("a ResNet that transformers saved", "[weights][models]") {
  ResNet net({.layers = {1, 2, 1, 1}, .classes = 5, .widths = {8, 10, 12, 14}, .stem_width = 8});
  check_file(net, "resnet.huggingface", ".safetensors", resnet_names());
}

TEST_CASE("a ResNet of another width says what does not fit", "[weights][models]") {
  ResNet net({.layers = {1, 2, 1, 1}, .classes = 5, .widths = {8, 10, 12, 16}, .stem_width = 8});
  const auto path = testing::source_path("tests/fixtures/model_files/resnet.huggingface.safetensors");
  CHECK_THROWS_WITH(load_weights(net, *open_weights(path), resnet_names()),
                    StartsWith("load_weights: safetensors: " + path +
                               " does not fit this ResNet, by the names of Hugging Face:\n") &&
                        ContainsSubstring("  mis-shaped  fc.weight <- classifier.1.weight  ") &&
                        ContainsSubstring("  [5,16]  ") && ContainsSubstring("  [5,14]  "));
}
