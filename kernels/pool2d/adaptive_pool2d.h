#pragma once

#include <algorithm>
#include <cstdint>

#include "tensor/parallel.h"

namespace helder::kernels {

/// Each axis of x [planes, in_h, in_w] is cut into as many windows as y [planes, out_h, out_w] has elements:
/// window o is [o in / out, (o + 1) in / out), rounded down and up. Where they do not divide, neighbours
/// share a row. The windows that element i is in are [begin(i, out, in), end(i, out, in)): the two axes
/// change their parts.
struct AdaptivePool2dGeometry {
  int64_t planes = 0;
  int64_t in_h = 0, in_w = 0;
  int64_t out_h = 0, out_w = 0;

  static constexpr int64_t begin(int64_t o, int64_t in, int64_t out) { return o * in / out; }
  static constexpr int64_t end(int64_t o, int64_t in, int64_t out) { return ((o + 1) * in + out - 1) / out; }

  constexpr int64_t in_size() const { return in_h * in_w; }
  constexpr int64_t out_size() const { return out_h * out_w; }
  /// Planes handed to a thread at a time.
  int64_t grain() const {
    return std::max<int64_t>(1, kElementGrain / std::max<int64_t>(1, std::max(in_size(), out_size())));
  }
};

/// y[p, r, c] = the mean of window (r, c), summed in double.
template <class T>
void adaptive_avg_pool2d_forward_cpu(const AdaptivePool2dGeometry& g, const T* x, T* y);
template <class T>
void adaptive_avg_pool2d_forward_cuda(const AdaptivePool2dGeometry& g, const T* x, T* y);

/// dx[p, i, j] = sum of dy[p, r, c] / size of the window, over the windows that contain (i, j).
template <class T>
void adaptive_avg_pool2d_backward_cpu(const AdaptivePool2dGeometry& g, const T* dy, T* dx);
template <class T>
void adaptive_avg_pool2d_backward_cuda(const AdaptivePool2dGeometry& g, const T* dy, T* dx);

/// index[p, r, c] = where in its plane, i in_w + j, the largest element of window (r, c) is: the first of
/// equals, the last of NaNs.  y[p, r, c] = x[p, index].
template <class T>
void adaptive_max_pool2d_forward_cpu(const AdaptivePool2dGeometry& g, const T* x, T* y, int64_t* index);
template <class T>
void adaptive_max_pool2d_forward_cuda(const AdaptivePool2dGeometry& g, const T* x, T* y, int64_t* index);

/// dx[p, i, j] = sum of dy[p, r, c] over the windows whose index (i, j) is: on the CPU `gather_add_cpu`.
template <class T>
void adaptive_max_pool2d_backward_cuda(const AdaptivePool2dGeometry& g, const T* dy, const int64_t* index,
                                       T* dx);

}  // namespace helder::kernels
