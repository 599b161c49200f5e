#include "kernels/conv2d/depthwise/depthwise.h"

#include "kernels/conv2d/plane.h"
#include "kernels/cuda/block_reduce.cuh"
#include "kernels/cuda/grid_stride.h"

// An output channel o sees the input channel o / m alone, m = O / C (`times`). A thread a pixel: the pixels
// that neighbours share come from the cache.
namespace helder::kernels::depthwise {
namespace {

// What the loops over taps and pixels need of the geometry.
struct Window {
  Plane in, out;
  int32_t kernel_h, kernel_w, stride_h, stride_w, padding_h, padding_w, dilation_h, dilation_w;
  int64_t images, channels, times;  // times: output channels of an input channel

  explicit Window(const Conv2dGeometry& g)
      : in(input_plane(g)),
        out(output_plane(g)),
        kernel_h(static_cast<int32_t>(g.KH)),
        kernel_w(static_cast<int32_t>(g.KW)),
        stride_h(static_cast<int32_t>(g.stride_h)),
        stride_w(static_cast<int32_t>(g.stride_w)),
        padding_h(static_cast<int32_t>(g.padding_h)),
        padding_w(static_cast<int32_t>(g.padding_w)),
        dilation_h(static_cast<int32_t>(g.dilation_h)),
        dilation_w(static_cast<int32_t>(g.dilation_w)),
        images(g.N),
        channels(g.C),
        times(g.O / g.C) {}

  constexpr int32_t taps() const { return kernel_h * kernel_w; }
  constexpr int64_t outputs() const { return channels * times; }
};

// y[n,o,i,j] = end(sum over p, q of w[o,p,q] x[n, o / m, i stride_h + p dilation_h - padding_h, ...]).
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    depthwise_forward(Window g, const T* x, const T* w, Epilogue<T> end, T* y) {
  const int64_t count = g.images * g.outputs() * g.out.size();
  for (int64_t at = grid_thread(); at < count; at += grid_threads()) {
    const int64_t plane = at / g.out.size(), pixel = at % g.out.size(), o = plane % g.outputs();
    const int32_t i = static_cast<int32_t>(pixel / g.out.w), j = static_cast<int32_t>(pixel % g.out.w);
    const T* image = x + plane / g.times * g.in.size();
    const T* weight = w + o * g.taps();
    T sum = 0;
    for (int32_t p = 0; p < g.kernel_h; ++p) {
      const int32_t row = i * g.stride_h + p * g.dilation_h - g.padding_h;
      for (int32_t q = 0; q < g.kernel_w; ++q) {
        const int32_t column = j * g.stride_w + q * g.dilation_w - g.padding_w;
        if (g.in.holds(row, column)) {
          sum += weight[p * g.kernel_w + q] * image[g.in.at(row, column)];
        }
      }
    }
    y[at] = end.finished(sum, o, at);
  }
}

// dx[n,c,h,w] = b[c] + sum over the o of c, p, q of w[o,p,q] dy[n,o,i,j],
// i stride_h = h + padding_h - p dilation_h, if there is such an i.
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    depthwise_backward_input(Window g, const T* w, const T* dy, T* dx, const T* b) {
  const int64_t count = g.images * g.channels * g.in.size();
  for (int64_t at = grid_thread(); at < count; at += grid_threads()) {
    const int64_t plane = at / g.in.size(), pixel = at % g.in.size(), c = plane % g.channels;
    const int32_t h = static_cast<int32_t>(pixel / g.in.w), v = static_cast<int32_t>(pixel % g.in.w);
    T sum = b ? b[c] : T(0);
    for (int64_t m = 0; m < g.times; ++m) {
      const T* gradient = dy + (plane * g.times + m) * g.out.size();
      const T* weight = w + (c * g.times + m) * g.taps();
      for (int32_t p = 0; p < g.kernel_h; ++p) {
        const int32_t row = h + g.padding_h - p * g.dilation_h, i = row / g.stride_h;
        if (row < 0 || i * g.stride_h != row) {
          continue;
        }
        for (int32_t q = 0; q < g.kernel_w; ++q) {
          const int32_t column = v + g.padding_w - q * g.dilation_w, j = column / g.stride_w;
          if (column >= 0 && j * g.stride_w == column && g.out.holds(i, j)) {
            sum += weight[p * g.kernel_w + q] * gradient[g.out.at(i, j)];
          }
        }
      }
    }
    dx[at] = sum;
  }
}

// dw[o,p,q] = sum over n, i, j of dy[n,o,i,j] x[n, o / m, i stride_h + p dilation_h - padding_h, ...].
// A block a weight, `lanes` of its threads an image; a thread's sum of one image is in T, all else in double.
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    depthwise_backward_weight(Window g, unsigned lanes, const T* x, const T* dy, T* dw) {
  const int64_t o = blockIdx.x / g.taps();
  const int32_t tap = static_cast<int32_t>(blockIdx.x % g.taps());
  const int32_t h0 = tap / g.kernel_w * g.dilation_h - g.padding_h,
                w0 = tap % g.kernel_w * g.dilation_w - g.padding_w;
  double total = 0;
  for (int64_t n = threadIdx.x / lanes; n < g.images; n += blockDim.x / lanes) {
    const T* image = x + (n * g.channels + o / g.times) * g.in.size();
    const T* gradient = dy + (n * g.outputs() + o) * g.out.size();
    T sum = 0;
    for (int64_t pixel = threadIdx.x % lanes; pixel < g.out.size(); pixel += lanes) {
      const int32_t row = static_cast<int32_t>(pixel / g.out.w) * g.stride_h + h0;
      const int32_t column = static_cast<int32_t>(pixel % g.out.w) * g.stride_w + w0;
      if (g.in.holds(row, column)) {
        sum += gradient[pixel] * image[g.in.at(row, column)];
      }
    }
    total += static_cast<double>(sum);
  }
  total = block_sum(total);
  if (threadIdx.x == 0) {
    dw[blockIdx.x] = static_cast<T>(total);
  }
}

}  // namespace

bool applies_cuda(const Conv2dGeometry& g) {
  constexpr int64_t kFewTaps = 32;  // of a grey picture: with more a matrix product is worth its while
  return g.C > 0 && g.groups == g.C && g.O >= g.C && (g.C > 1 || g.taps() <= kFewTaps);
}

template <class T>
void forward_cuda(const Conv2dGeometry& g, const T* x, const T* w, const Epilogue<T>& end, T* y) {
  launch<depthwise_forward<T>>(grid_for(g.N * g.O * g.OH() * g.OW()), Window(g), x, w, end, y);
}

template <class T>
void backward_input_cuda(const Conv2dGeometry& g, const T* w, const T* dy, T* dx, const T* b) {
  launch<depthwise_backward_input<T>>(grid_for(g.N * g.C * g.H * g.W), Window(g), w, dy, dx, b);
}

template <class T>
void backward_weight_cuda(const Conv2dGeometry& g, const T* x, const T* dy, T* dw) {
  const Launch grid = {.grid = static_cast<unsigned>(g.O * g.taps()), .block = kBlockThreads};
  launch<depthwise_backward_weight<T>>(grid, Window(g), lanes_of_picture(g.OH() * g.OW()), x, dy, dw);
}

template void forward_cuda(const Conv2dGeometry&, const float*, const float*, const Epilogue<float>&, float*);
template void forward_cuda(const Conv2dGeometry&, const double*, const double*, const Epilogue<double>&,
                           double*);
template void backward_input_cuda(const Conv2dGeometry&, const float*, const float*, float*, const float*);
template void backward_input_cuda(const Conv2dGeometry&, const double*, const double*, double*,
                                  const double*);
template void backward_weight_cuda(const Conv2dGeometry&, const float*, const float*, float*);
template void backward_weight_cuda(const Conv2dGeometry&, const double*, const double*, double*);

}  // namespace helder::kernels::depthwise
