#pragma once

#include <span>

#include "weights/name_map.h"

namespace helder {

/// MobileNetV2: timm's `mobilenetv2_100`, and Hugging Face's MobileNetV2ForImageClassification.
std::span<const NameMap> mobilenet_v2_names();

}  // namespace helder
