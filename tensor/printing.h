#pragma once

#include <string>

#include "tensor/tensor.h"

namespace helder {

/// How tensors are printed: NumPy's `set_printoptions`, with NumPy's defaults.
struct PrintOptions {
  int precision = 8;         ///< digits after the point, at most
  int64_t threshold = 1000;  ///< a tensor of more elements is shortened
  int64_t edge_items = 3;    ///< how many it then shows at each end of a dimension
  int line_width = 75;
};

/// The text that NumPy's `str()` gives for the same array.
std::string format_tensor(const Tensor& tensor, const PrintOptions& options = {});

}  // namespace helder
