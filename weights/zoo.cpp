#include "weights/zoo.h"

#include <algorithm>

#include "models/cifar_resnet.h"
#include "models/class_names.h"
#include "models/squeezenet.h"
#include "weights/edit_distance.h"

namespace helder {
namespace {

// torchvision's: ImageNet's mean and standard deviation, 256 pixels, of which the middle 224.
constexpr Preprocessing kImageNet = {};
constexpr Preprocessing kCifar = {.resize = 32, .crop = 32};

ZooModel cifar_resnet(std::string_view name, int64_t depth) {
  return {.name = name,
          .make =
              [depth](int64_t classes) {
                return make<CifarResNet>(CifarResNetOptions{.depth = depth, .classes = classes});
              },
          .preprocessing = kCifar,
          .classes = cifar10_classes(),
          .maps = {},
          .head = "linear.*"};
}

ZooModel squeezenet(std::string_view name, SqueezeNetVersion version) {
  return {.name = name,
          .make =
              [version](int64_t classes) {
                return make<SqueezeNet>(SqueezeNetOptions{.version = version, .classes = classes});
              },
          .preprocessing = kImageNet,
          .classes = imagenet_classes(),
          .maps = {},
          .head = "classifier.1.*"};
}

}  // namespace

const std::vector<ZooModel>& zoo() {
  static const std::vector<ZooModel> models = {
      cifar_resnet("resnet20", 20),
      cifar_resnet("resnet32", 32),
      cifar_resnet("resnet44", 44),
      cifar_resnet("resnet56", 56),
      cifar_resnet("resnet110", 110),
      squeezenet("squeezenet1_0", SqueezeNetVersion::V1_0),
      squeezenet("squeezenet1_1", SqueezeNetVersion::V1_1),
  };
  return models;
}

const ZooModel& zoo_model(std::string_view name) {
  const auto nearest =
      std::min_element(zoo().begin(), zoo().end(), [&](const ZooModel& a, const ZooModel& b) {
        return edit_distance(a.name, name) < edit_distance(b.name, name);
      });
  check(nearest->name == name, "zoo: there is no model '{}'; the nearest is '{}'", name, nearest->name);
  return *nearest;
}

}  // namespace helder
