#pragma once

#include "kernels/conv2d/conv2d.h"

/// Convolution as one writes it down first, to read, to step through, and to hold the others against. What
/// the library calls is chosen in kernels/conv2d/path.cpp.
///
///   01  naive      the definition
///   02  winograd   F(4 x 4, 3 x 3), one tile and one channel at a time, with the matrices written out
namespace helder::kernels::ladder {

/// conv2d.h's y, for any geometry. b may be null.
template <class T>
void conv2d_naive(const Conv2dGeometry& g, const T* x, const T* w, const T* b, T* y);

/// The same for kernels of 3 x 3 with stride 1, dilation 1 and one group.
template <class T>
void conv2d_winograd(const Conv2dGeometry& g, const T* x, const T* w, const T* b, T* y);

}  // namespace helder::kernels::ladder
