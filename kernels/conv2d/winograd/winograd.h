#pragma once

#include "kernels/conv2d/conv2d.h"

/// Convolutions of 3 x 3 with stride 1, dilation 1 and one group by Winograd's F(4 x 4, 3 x 3), in float32: a
/// quarter of the multiplications, for 2.7 times the rounding error. transforms.h derives it. The
/// arguments are those of kernels/conv2d/conv2d.h.
namespace helder::kernels::winograd {

/// Whether g is such a convolution. Whether it pays is conv2d's to choose.
bool applies(const Conv2dGeometry& g);

void forward(const Conv2dGeometry& g, const float* x, const float* w, const Epilogue<float>& end, float* y);

/// The same, of dy, with the weights turned by half a circle and their channels exchanged.
void backward_input(const Conv2dGeometry& g, const float* w, const float* dy, float* dx, const float* b);

/// The transpose of forward in the weights, step by step: dw = G^T dU G, where dU sums, over all tiles,
/// (A dy A^T) * (B^T x B).
void backward_weight(const Conv2dGeometry& g, const float* x, const float* dy, float* dw);

}  // namespace helder::kernels::winograd
