#pragma once

#include <optional>

#include "autograd/ops/pair.h"
#include "tensor/tensor.h"

namespace helder {

struct MaxUnpool2dOptions {
  std::optional<Pair> stride = {};  ///< the kernel's size when not given
  Pair padding = 0;
  std::optional<Pair> output_size = {};  ///< (H - 1) stride - 2 padding + kernel when not given
};

/// Puts each pixel of x [N,C,H,W] or [C,H,W] where `indices` says, in a plane of zeros: undoes
/// `max_pool2d_with_indices`, but for what the pooling dropped. float32 and float64.
/// Zeiler and Fergus, "Visualizing and understanding convolutional networks", 2014, section 2.1.
Tensor max_unpool2d(const Tensor& x, const Tensor& indices, Pair kernel,
                    const MaxUnpool2dOptions& options = {});

}  // namespace helder
