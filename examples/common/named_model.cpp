#include "examples/common/named_model.h"

#include <algorithm>
#include <array>
#include <optional>

#include "autograd/grad_mode.h"
#include "autograd/ops/mean.h"
#include "autograd/ops/squeeze.h"
#include "data/image.h"
#include "data/image_transforms.h"
#include "data/mnist.h"
#include "data/resize.h"
#include "examples/common/weights_flag.h"
#include "layers/init.h"
#include "models/cifar_resnet.h"
#include "models/lenet.h"
#include "models/mlp.h"
#include "models/mnist_cnn.h"
#include "models/vit.h"
#include "training/checkpoint.h"
#include "weights/load_weights.h"
#include "weights/zoo.h"

namespace helder {
namespace {

constexpr std::array<std::string_view, 6> kDigitModels = {"cnn",     "mnist_cnn", "lenet",
                                                          "resnet8", "vit",       "mlp"};
constexpr std::array<std::string_view, 10> kDigits = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};

// A weight file, or a checkpoint of a training, which has more than the model's tensors.
void load(Module& model, const std::filesystem::path& path, std::span<const NameMap> maps) {
  const std::unique_ptr<WeightFile> file = open_weights(path);
  const auto format = file->metadata().find("format");
  if (format != file->metadata().end() && format->second.starts_with("helder-checkpoint")) {
    const Checkpoint checkpoint = load_checkpoint(path);
    try {
      model.load_state_dict(checkpoint.model);
    } catch (const Error& error) {
      fail("{}: a checkpoint of '{}': {}", path.string(), checkpoint.architecture, error.what());
    }
  } else {
    load_weights(model, *file, maps);
  }
}

std::shared_ptr<Module> digit_model(const std::string& name) {
  if (name == "mlp") {
    return make<Mlp>();
  }
  if (name == "lenet") {
    return make<LeNet>();
  }
  if (name == "resnet8") {
    return make<CifarResNet>(CifarResNetOptions{.depth = 8, .in_channels = 1});
  }
  if (name == "vit") {
    return make<VisionTransformer>(VisionTransformerOptions{
        .img_size = 28, .patch_size = 7, .in_channels = 1, .classes = 10, .dim = 64, .depth = 4, .heads = 4});
  }
  return make<MnistCnn>();
}

}  // namespace

NamedModel named_model(const std::string& name, const std::string& weights) {
  std::optional<init::SkipRandom> skip;
  if (!weights.empty()) {
    skip.emplace();  // they come from the file
  }
  NamedModel result;
  result.name = name;
  std::span<const NameMap> maps;
  if (is_digit_model(name)) {
    result.module = digit_model(name);
    result.channels = 1;
    result.classes = kDigits;
    result.preprocessing = {
        .resize = 28, .crop = 28, .mean = {0.1307F, 0.1307F, 0.1307F}, .std = {0.3081F, 0.3081F, 0.3081F}};
  } else {
    const ZooModel& entry = zoo_model(name);
    result.module = entry.make(static_cast<int64_t>(entry.classes.size()));
    result.preprocessing = entry.preprocessing;
    result.classes = entry.classes;
    maps = entry.maps;
  }
  if (!weights.empty()) {
    load(*result.module, find_weights(weights), maps);
  }
  result.module->eval();
  return result;
}

bool is_digit_model(std::string_view name) {
  return std::find(kDigitModels.begin(), kDigitModels.end(), name) != kDigitModels.end();
}

std::string model_names() {
  std::string names;
  for (const std::string_view name : kDigitModels) {
    names += std::string(name) + ", ";
  }
  for (const ZooModel& model : zoo()) {
    names += (names.ends_with(", ") ? "" : ", ") + std::string(model.name);
  }
  return names;
}

Tensor load_input(const NamedModel& model, const std::filesystem::path& image) {
  const NoGrad guard;
  const Tensor x = unsqueeze(preprocess(load_image(image), model.preprocessing), 0);
  return model.channels == 1 ? mean(x, {1}, true) : x;
}

}  // namespace helder
