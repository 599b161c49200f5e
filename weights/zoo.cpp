#include "weights/zoo.h"

#include <algorithm>

#include "models/cifar_resnet.h"
#include "models/class_names.h"
#include "models/mobilenet_v2.h"
#include "models/resnet.h"
#include "models/squeezenet.h"
#include "models/vgg.h"
#include "models/vit_variants.h"
#include "weights/edit_distance.h"
#include "weights/name_maps/mobilenet_v2.h"
#include "weights/name_maps/resnet.h"
#include "weights/name_maps/vgg.h"
#include "weights/name_maps/vit.h"

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

ZooModel mobilenet_v2() {
  return {.name = "mobilenet_v2",
          .make = [](int64_t classes) { return make<MobileNetV2>(MobileNetV2Options{.classes = classes}); },
          .preprocessing = kImageNet,
          .classes = imagenet_classes(),
          .maps = mobilenet_v2_names(),
          .head = "classifier.1.*"};
}

ZooModel resnet(std::string_view name, int64_t depth) {
  return {.name = name,
          .make = [depth](int64_t classes) { return make<ResNet>(resnet_options(depth, classes)); },
          .preprocessing = kImageNet,
          .classes = imagenet_classes(),
          .maps = resnet_names(),
          .head = "fc.*"};
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

ZooModel vgg(std::string_view name, int64_t depth, bool batch_norm) {
  return {.name = name,
          .make =
              [depth, batch_norm](int64_t classes) {
                return make<Vgg>(VggOptions{.depth = depth, .batch_norm = batch_norm, .classes = classes});
              },
          .preprocessing = kImageNet,
          .classes = imagenet_classes(),
          .maps = vgg_names(),
          .head = "classifier.6.*"};
}

ZooModel vision_transformer(const VitVariant& variant) {
  return {.name = variant.name,
          .make =
              [options = variant.options](int64_t classes) {
                VisionTransformerOptions with_classes = options;
                with_classes.classes = classes;
                return make<VisionTransformer>(with_classes);
              },
          .preprocessing = variant.preprocessing,
          .classes = variant.options.classes == 0 ? std::span<const std::string_view>() : imagenet_classes(),
          .maps = vit_name_maps(),
          .head = "head*.*"};  // head_dist, too
}

std::vector<ZooModel> all_models() {
  std::vector<ZooModel> models = {
      cifar_resnet("resnet20", 20),
      cifar_resnet("resnet32", 32),
      cifar_resnet("resnet44", 44),
      cifar_resnet("resnet56", 56),
      cifar_resnet("resnet110", 110),
      mobilenet_v2(),
      resnet("resnet18", 18),
      resnet("resnet34", 34),
      resnet("resnet50", 50),
      resnet("resnet101", 101),
      resnet("resnet152", 152),
      squeezenet("squeezenet1_0", SqueezeNetVersion::V1_0),
      squeezenet("squeezenet1_1", SqueezeNetVersion::V1_1),
      vgg("vgg11", 11, false),
      vgg("vgg11_bn", 11, true),
      vgg("vgg16", 16, false),
      vgg("vgg16_bn", 16, true),
  };
  for (const VitVariant& variant : vit_variants()) {
    models.push_back(vision_transformer(variant));
  }
  return models;
}

}  // namespace

const std::vector<ZooModel>& zoo() {
  static const std::vector<ZooModel> models = all_models();
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
