#pragma once

#include <span>

#include "weights/name_map.h"

namespace helder {

/// ResNet: Hugging Face's ResNetForImageClassification. timm's names are torchvision's, which are Helder's.
std::span<const NameMap> resnet_names();

}  // namespace helder
