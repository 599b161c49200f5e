#pragma once

// What layer_norm and rms_norm share. Private to autograd/ops/.

#include "kernels/layer_norm/layer_norm.h"
#include "tensor/tensor.h"

namespace helder {

/// x [..., normalized_shape] as rows. Throws unless the shape is the end of x's.
kernels::LayerNormGeometry rows_to_normalize(const char* op, const Tensor& x, const Shape& normalized_shape);

/// Throws unless `parameter` is undefined or has x's type and the normalized shape.
void check_row_parameter(const char* op, const char* name, const Tensor& parameter, const Tensor& x,
                         const Shape& normalized_shape);

}  // namespace helder
