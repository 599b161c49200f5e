#pragma once

#include "tensor/tensor.h"

namespace helder {

/// x clamp(x + 3, 0, 6) / 6 (Howard et al., "Searching for MobileNetV3", 2019).
Tensor hardswish(const Tensor& x);

}  // namespace helder
