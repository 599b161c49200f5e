#pragma once

#include <span>

#include "weights/name_map.h"

namespace helder {

/// VGG: timm's, which has convolutions for the first two linear layers.
std::span<const NameMap> vgg_names();

}  // namespace helder
