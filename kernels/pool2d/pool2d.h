#pragma once

#include <algorithm>
#include <cstdint>

#include "tensor/parallel.h"

namespace helder::kernels {

/// Windows of kernel_h x kernel_w taps slide over each plane (an image's channel) of x [planes, in_h, in_w]
/// and give y [planes, out_h, out_w]. Tap (a, b) of the window at output (r, c) is the input's element
///
///   (r stride_h - pad_h + a dilation_h,  c stride_w - pad_w + b dilation_w)
///
/// or, outside the input, padding. What forward, backward and all devices share.
struct Pool2dGeometry {
  int64_t planes = 0;
  int64_t in_h = 0, in_w = 0;
  int64_t out_h = 0, out_w = 0;
  int64_t kernel_h = 1, kernel_w = 1;
  int64_t stride_h = 1, stride_w = 1;
  int64_t pad_h = 0, pad_w = 0;
  int64_t dilation_h = 1, dilation_w = 1;

  constexpr int64_t in_size() const { return in_h * in_w; }
  constexpr int64_t out_size() const { return out_h * out_w; }
  constexpr int64_t taps() const { return kernel_h * kernel_w; }

  /// Planes handed to a thread at a time.
  int64_t grain() const { return std::max<int64_t>(1, kElementGrain / std::max<int64_t>(1, in_size())); }

  /// Where tap (a, b) of the window at (0, 0) lies in a plane; that of (r, c) is r stride_h in_w + c stride_w
  /// further.
  constexpr int64_t tap_offset(int64_t a, int64_t b) const {
    return (a * dilation_h - pad_h) * in_w + b * dilation_w - pad_w;
  }
};

/// The output along one axis whose tap `tap` is the input's element `in`, or -1 if there is none. Going
/// through the taps backwards gives the outputs in order.
constexpr int64_t output_of_tap(int64_t tap, int64_t in, int64_t out, int64_t stride, int64_t pad,
                                int64_t dilation) {
  const int64_t place = in + pad - tap * dilation;
  return place >= 0 && place % stride == 0 && place / stride < out ? place / stride : -1;
}

/// The outputs begin .. end - 1 along one axis whose tap `tap` is not padding.
struct TapRange {
  int64_t begin, end;

  TapRange(int64_t tap, int64_t in, int64_t out, int64_t stride, int64_t pad, int64_t dilation) {
    const int64_t shift = pad - tap * dilation;  // output o reads input o stride - shift
    begin = std::min(out, shift <= 0 ? 0 : (shift + stride - 1) / stride);
    end = in + shift <= 0 ? begin : std::max(begin, std::min(out, (in - 1 + shift) / stride + 1));
  }
};

}  // namespace helder::kernels
