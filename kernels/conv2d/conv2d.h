#pragma once

#include <cstdint>
#include <type_traits>

#include "kernels/epilogue.h"

namespace helder::kernels {

/// The sizes of a convolution, shared by forward and backward on every device.
///
///   x [N, C, H, W]   w [O, C / groups, KH, KW]   b [O]   y [N, O, OH, OW]      all contiguous
///
/// Output channels come in `groups` equal groups; each sees the input channels of its own group only.
struct Conv2dGeometry {
  int64_t N, C, H, W;
  int64_t O, KH, KW;
  int64_t stride_h = 1, stride_w = 1;
  int64_t padding_h = 0, padding_w = 0;  ///< zeros on each side of x
  int64_t dilation_h = 1, dilation_w = 1;
  int64_t groups = 1;

  constexpr int64_t OH() const { return (H + 2 * padding_h - dilation_h * (KH - 1) - 1) / stride_h + 1; }
  constexpr int64_t OW() const { return (W + 2 * padding_w - dilation_w * (KW - 1) - 1) / stride_w + 1; }
  constexpr int64_t group_inputs() const { return C / groups; }
  constexpr int64_t group_outputs() const { return O / groups; }
  constexpr int64_t taps() const { return KH * KW; }
};

// With c counting the input channels of o's group, and x zero outside its borders:
//
//   y[n,o,i,j] = b[o] + sum over c, p, q of  w[o,c,p,q] x[n, c, i stride_h + p dilation_h - padding_h,
//                                                            j stride_w + q dilation_w - padding_w]
//
// Each result is summed in an order that depends on the geometry alone: the bits are the same for any number
// of threads, and on the GPU in any order of blocks. Gradients are written, not added to.

/// y from x and w; b is the epilogue's shift, and may come with more: y = end(the sum). A pointer will do for
/// b alone.
template <class T>
void conv2d_forward_cpu(const Conv2dGeometry& g, const T* x, const T* w,
                        const std::type_identity_t<Epilogue<T>>& end, T* y);
template <class T>
void conv2d_forward_cuda(const Conv2dGeometry& g, const T* x, const T* w,
                         const std::type_identity_t<Epilogue<T>>& end, T* y);

/// dx[n,c,.,.] = b[c] + sum over o, p, q of w[o,c,p,q] dy[n,o,i,j], over the i, j that saw it through p, q.
/// A gradient has no b; but a transposed convolution is this same function, of its input dy, and may have
/// one.
template <class T>
void conv2d_backward_input_cpu(const Conv2dGeometry& g, const T* w, const T* dy, T* dx, const T* b = nullptr);
template <class T>
void conv2d_backward_input_cuda(const Conv2dGeometry& g, const T* w, const T* dy, T* dx,
                                const T* b = nullptr);

/// dw[o,c,p,q] = sum over n, i, j of dy[n,o,i,j] x[n, c, as above].
template <class T>
void conv2d_backward_weight_cpu(const Conv2dGeometry& g, const T* x, const T* dy, T* dw);
template <class T>
void conv2d_backward_weight_cuda(const Conv2dGeometry& g, const T* x, const T* dy, T* dw);

/// db[o] = sum over n, i, j of dy[n,o,i,j].
template <class T>
void conv2d_backward_bias_cpu(const Conv2dGeometry& g, const T* dy, T* db);
template <class T>
void conv2d_backward_bias_cuda(const Conv2dGeometry& g, const T* dy, T* db);

}  // namespace helder::kernels
