#pragma once

#include <cstdint>

namespace helder::kernels {

/// x [N, C, H, W]   boxes [K, 5], rows (n, x1, y1, x2, y2)   y [K, C, out_h, out_w]      all contiguous
///
/// A box, times spatial_scale (and half a pixel to the upper left if `aligned`), is cut into out_h x out_w
/// bins; y is the mean of x at evenly spread samples in each bin, read bilinearly: sampling_ratio^2 of them,
/// or, where that is not positive, one for each pixel that the bin covers, rounded up.
struct RoiAlignGeometry {
  int64_t N, C, H, W;
  int64_t K;
  int64_t out_h, out_w;
  double spatial_scale = 1;
  int64_t sampling_ratio = -1;
  bool aligned = false;

  constexpr int64_t in_size() const { return H * W; }
  constexpr int64_t out_size() const { return out_h * out_w; }
};

// Samples form a grid, and bilinear weights are products of one for the row and one for the column: a box's
// pooling is y[k,c] = R x[n,c] S^T, with sparse matrices R [out_h, H] and S [out_w, W] that are made once for
// all channels (kernels/resample/).

template <class T>
void roi_align_forward_cpu(const RoiAlignGeometry& g, const T* x, const T* boxes, T* y);
template <class T>
void roi_align_forward_cuda(const RoiAlignGeometry& g, const T* x, const T* boxes, T* y);

/// dx[n,c] = sum over the boxes k of image n of  R^T dy[k,c] S.
template <class T>
void roi_align_backward_cpu(const RoiAlignGeometry& g, const T* boxes, const T* dy, T* dx);
/// Its sums are in no particular order.
template <class T>
void roi_align_backward_cuda(const RoiAlignGeometry& g, const T* boxes, const T* dy, T* dx);

}  // namespace helder::kernels
