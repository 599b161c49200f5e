#pragma once

#include <cstdint>

#include "kernels/pool2d/pool2d.h"

namespace helder::kernels {

/// y[p, r, c] = the largest tap of the window, padding left out; with NaNs, the last of them.
///
/// tap[p, r, c] = a kernel_w + b, where it was: the first of equals. Backward needs no more than this. A byte
/// is enough for windows of up to 256 taps, so Tap is uint8_t, else int64_t. `tap` may be null, when nothing
/// is to be differentiated. No window lies wholly in the padding (2 pad <= dilation (kernel - 1) + 1).
template <class T, class Tap>
void max_pool2d_forward_cpu(const Pool2dGeometry& g, const T* x, T* y, Tap* tap);
template <class T, class Tap>
void max_pool2d_forward_cuda(const Pool2dGeometry& g, const T* x, T* y, Tap* tap);

/// index[p, r, c] = i in_w + j for the element (i, j) of the plane that tap[p, r, c] names.
template <class Tap>
void max_pool2d_indices_cpu(const Pool2dGeometry& g, const Tap* tap, int64_t* index);
template <class Tap>
void max_pool2d_indices_cuda(const Pool2dGeometry& g, const Tap* tap, int64_t* index);

/// dx[p, i, j] = sum of dy[p, r, c] over the windows whose maximum (i, j) was.
template <class T, class Tap>
void max_pool2d_backward_cpu(const Pool2dGeometry& g, const T* dy, const Tap* tap, T* dx);
template <class T, class Tap>
void max_pool2d_backward_cuda(const Pool2dGeometry& g, const T* dy, const Tap* tap, T* dx);

}  // namespace helder::kernels
