#pragma once

// What the pooling ops share. Private to autograd/ops/.

#include "autograd/attributes.h"
#include "autograd/ops/pair.h"
#include "kernels/pool2d/pool2d.h"
#include "tensor/tensor.h"

namespace helder {

/// The options of a pooling op, checked against its input [C, H, W] or [N, C, H, W]. The windows are
/// floor((in + 2 padding - dilation (kernel - 1) - 1) / stride) + 1 along each axis; with ceil_mode the
/// division rounds up, but a window that would start beyond the input and its left padding is dropped.
kernels::Pool2dGeometry pool2d_geometry(const char* operation, const Tensor& x, Pair kernel, Pair stride,
                                        Pair padding, Pair dilation, bool ceil_mode);

/// x's shape with the last two sizes replaced by the output's.
Shape pool2d_shape(const Tensor& x, const kernels::Pool2dGeometry& geometry);

/// Node::attributes(). How sizes were rounded shows in the output's shape.
Attributes pool2d_attributes(const kernels::Pool2dGeometry& geometry);

}  // namespace helder
