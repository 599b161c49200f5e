#pragma once

#include "kernels/conv2d/plane.h"
#include "kernels/cuda/cuda.h"

/// The three passes of a convolution as matrix products  C[m, n] = sum over k of A[m, k] B[k, n],  one for
/// each group of channels:
///
///                    rows m        columns n       depth k         A        B
///   Forward          o             n, i, j         c, p, q         w        x
///   BackwardInput    c             n, h, w         o, p, q         w        dy
///   BackwardWeight   o             c, p, q         n, i, j         dy       x
///
/// (o, c: channels of the group; p, q: taps of the kernel; i, j and h, w: pixels of y and of x.) A lies in
/// memory: element (m, k) is at row(m) + depth(k). B is never written down: an element of it is a pixel of a
/// picture, at the sum of two Spots, one that only n knows and one that only k knows; where the sum falls
/// outside of the picture it is 0. A block of threads computes each Spot once.
namespace helder::kernels::implicit {

/// Part of a way to a pixel: `offset` elements for image and channel, and a step of h rows and w columns.
struct Spot {
  int64_t offset;
  int32_t h, w;
};

/// What a place on the way through the depth means for A and for B.
struct Depth {
  int64_t a;
  Spot spot;
};

/// The pixel (i, j) of image n of y, as the place in x that its first tap sees. `pixel` counts n, i, j.
inline __device__ Spot window_spot(const Conv2dGeometry& g, const Plane& out, int64_t pixel) {
  const int64_t image = pixel / out.size();
  const int64_t rest = pixel % out.size();
  return {image * g.C * g.H * g.W, static_cast<int32_t>(rest / out.w * g.stride_h - g.padding_h),
          static_cast<int32_t>(rest % out.w * g.stride_w - g.padding_w)};
}

/// The step from there for (c, p, q), counted by k, of a group.
inline __device__ Spot tap_spot(const Conv2dGeometry& g, int64_t group, int64_t k) {
  const int64_t c = k / g.taps(), tap = k % g.taps();
  return {(group * g.group_inputs() + c) * g.H * g.W, static_cast<int32_t>(tap / g.KW * g.dilation_h),
          static_cast<int32_t>(tap % g.KW * g.dilation_w)};
}

template <class T>
__device__ T pixel_at(const Plane& plane, const T* x, const Spot& a, const Spot& b) {
  const int32_t h = a.h + b.h, w = a.w + b.w;
  return plane.holds(h, w) ? x[a.offset + b.offset + plane.at(h, w)] : T(0);
}

template <class T>
struct Forward {
  static constexpr bool kLanesAlongDepth = false;  // neighbours in memory are the columns of B
  Conv2dGeometry g;
  Plane in, out;
  const T* x;
  const T* w;
  Epilogue<T> end;
  T* y;

  constexpr int64_t rows() const { return g.group_outputs(); }
  constexpr int64_t columns() const { return g.N * out.size(); }
  constexpr int64_t depth() const { return g.group_inputs() * g.taps(); }

  __device__ const T* a(int64_t group) const { return w + group * rows() * depth(); }
  __device__ int64_t row(int64_t m) const { return m * depth(); }
  __device__ Depth at_depth(int64_t group, int64_t k) const { return {k, tap_spot(g, group, k)}; }
  __device__ Spot column(int64_t, int64_t n) const { return window_spot(g, out, n); }
  __device__ T b(const Spot& s, const Spot& t) const { return pixel_at(in, x, s, t); }

  __device__ int64_t result(int64_t group, int64_t n) const {
    const int64_t size = out.size();
    return (n / size * g.O + group * rows()) * size + n % size;
  }
  __device__ void write(int64_t group, int64_t m, int64_t at, T sum, int64_t) const {
    const int64_t place = at + m * out.size();
    y[place] = end.finished(sum, group * rows() + m, place);
  }
};

template <class T>
struct BackwardInput {
  static constexpr bool kLanesAlongDepth = false;
  Conv2dGeometry g;
  Plane in, out;
  const T* w;
  const T* dy;
  const T* bias;
  T* dx;

  constexpr int64_t rows() const { return g.group_inputs(); }
  constexpr int64_t columns() const { return g.N * in.size(); }
  constexpr int64_t depth() const { return g.group_outputs() * g.taps(); }

  __device__ const T* a(int64_t group) const { return w + group * rows() * depth(); }
  __device__ int64_t row(int64_t m) const { return m * g.taps(); }
  __device__ Depth at_depth(int64_t group, int64_t k) const {
    const int64_t o = k / g.taps(), tap = k % g.taps();
    return {o * rows() * g.taps() + tap,
            {(group * g.group_outputs() + o) * out.size(), static_cast<int32_t>(-(tap / g.KW * g.dilation_h)),
             static_cast<int32_t>(-(tap % g.KW * g.dilation_w))}};
  }
  __device__ Spot column(int64_t, int64_t n) const {
    const int64_t size = in.size();
    const int64_t rest = n % size;
    return {n / size * g.O * out.size(), static_cast<int32_t>(rest / in.w + g.padding_h),
            static_cast<int32_t>(rest % in.w + g.padding_w)};
  }
  /// The window that sees the pixel through the tap: i stride_h = h + padding_h - p dilation_h, if there is
  /// one.
  __device__ T b(const Spot& s, const Spot& t) const {
    int32_t i = s.h + t.h, j = s.w + t.w;
    bool inside = i >= 0 && j >= 0;
    if (g.stride_h != 1 || g.stride_w != 1) {
      const int32_t stride_h = static_cast<int32_t>(g.stride_h), stride_w = static_cast<int32_t>(g.stride_w);
      inside = inside && i % stride_h == 0 && j % stride_w == 0;
      i /= stride_h;
      j /= stride_w;
    }
    return inside && out.holds(i, j) ? dy[s.offset + t.offset + out.at(i, j)] : T(0);
  }

  __device__ int64_t result(int64_t group, int64_t n) const {
    const int64_t size = in.size();
    return (n / size * g.C + group * rows()) * size + n % size;
  }
  __device__ void write(int64_t group, int64_t m, int64_t at, T sum, int64_t) const {
    dx[at + m * in.size()] = bias ? sum + bias[group * rows() + m] : sum;
  }
};

/// dw is [splits, O, C / groups, KH, KW]: the depth, which is all pixels of a batch, is cut into `splits`
/// parts.
template <class T>
struct BackwardWeight {
  static constexpr bool kLanesAlongDepth = true;
  Conv2dGeometry g;
  Plane in, out;
  const T* x;
  const T* dy;
  T* dw;

  constexpr int64_t rows() const { return g.group_outputs(); }
  constexpr int64_t columns() const { return g.group_inputs() * g.taps(); }
  constexpr int64_t depth() const { return g.N * out.size(); }

  __device__ const T* a(int64_t group) const { return dy + row(group * rows()); }
  __device__ int64_t row(int64_t m) const { return m * out.size(); }
  __device__ Depth at_depth(int64_t, int64_t k) const {
    const int64_t size = out.size();
    return {k / size * g.O * size + k % size, window_spot(g, out, k)};
  }
  __device__ Spot column(int64_t group, int64_t n) const { return tap_spot(g, group, n); }
  __device__ T b(const Spot& s, const Spot& t) const { return pixel_at(in, x, s, t); }

  __device__ int64_t result(int64_t group, int64_t n) const { return group * rows() * columns() + n; }
  __device__ void write(int64_t, int64_t m, int64_t at, T sum, int64_t split) const {
    dw[split * g.O * columns() + at + m * columns()] = sum;
  }
};

}  // namespace helder::kernels::implicit
