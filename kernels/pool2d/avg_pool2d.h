#pragma once

#include "kernels/pool2d/pool2d.h"

namespace helder::kernels {

/// How many taps a window divides by, along one axis.
constexpr int64_t avg_window_size(int64_t o, int64_t in, int64_t kernel, int64_t stride, int64_t pad,
                                  bool count_include_pad) {
  const int64_t begin = o * stride - pad;
  const int64_t end = std::min(begin + kernel, in + pad);
  return count_include_pad ? end - begin : std::min(end, in) - std::max<int64_t>(begin, 0);
}

/// y[p, r, c] = the sum of the window's taps that are not padding, divided by the window's size: of those
/// taps or, with count_include_pad, of the window within the padded input. dilation is 1.
template <class T>
void avg_pool2d_forward_cpu(const Pool2dGeometry& g, bool count_include_pad, const T* x, T* y);
template <class T>
void avg_pool2d_forward_cuda(const Pool2dGeometry& g, bool count_include_pad, const T* x, T* y);

/// dx[p, i, j] = sum over the windows that contain (i, j) of dy[p, r, c] / size of the window.
template <class T>
void avg_pool2d_backward_cpu(const Pool2dGeometry& g, bool count_include_pad, const T* dy, T* dx);
template <class T>
void avg_pool2d_backward_cuda(const Pool2dGeometry& g, bool count_include_pad, const T* dy, T* dx);

}  // namespace helder::kernels
