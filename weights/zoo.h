#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "layers/module.h"
#include "models/preprocessing.h"
#include "weights/name_map.h"

namespace helder {

/// A model that can be asked for by name: its architecture, what its images must look like, and what its
/// outputs and the tensors of its checkpoints are called. Weights without a head (DINOv2's features) have no
/// classes.
struct ZooModel {
  std::string_view name;  ///< as torchvision or timm call it: `resnet50`, `vit_base_patch16_224`
  std::function<std::shared_ptr<Module>(int64_t classes)> make;
  Preprocessing preprocessing;
  std::span<const std::string_view> classes;  ///< models/class_names.h; index i is output i
  std::span<const NameMap> maps;              ///< besides its own names
  std::string_view head;  ///< the tensors that other classes need anew, as load_weights leaves them out
};

const std::vector<ZooModel>& zoo();

/// Throws where there is no model of that name, with the nearest one.
const ZooModel& zoo_model(std::string_view name);

}  // namespace helder
