#pragma once

#include <string>
#include <utility>
#include <vector>

#include "models/darknet_options.h"
#include "tensor/shape.h"

namespace helder {

/// What follows from a layer's description and those before it, without any memory being taken.
struct DarknetLayerPlan {
  std::vector<int64_t> inputs;  ///< the layers it reads; -1 is the picture
  Shape input, output;          ///< [C,H,W] of the first of them, and of the result
  /// Its tensors in the order of a `.weights` file, by their names within the layer: `conv.bias`, ...
  std::vector<std::pair<std::string, Shape>> tensors;
};

/// A plan for each layer. Throws, with the layer's place, where one reads a layer that is not there, where
/// sizes do not fit, and where a layer's result or all weights together are more than 2^30 numbers.
std::vector<DarknetLayerPlan> plan_darknet(const DarknetOptions& options);

/// How many numbers all tensors of a layer have.
int64_t number_count(const DarknetLayerPlan& layer);

}  // namespace helder
