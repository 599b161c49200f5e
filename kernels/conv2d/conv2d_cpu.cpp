#include "kernels/conv2d/conv2d.h"

#include <algorithm>

#include "kernels/conv2d/depthwise/depthwise.h"
#include "kernels/conv2d/implicit/implicit.h"
#include "kernels/conv2d/path.h"
#include "kernels/conv2d/pointwise/pointwise.h"
#include "kernels/conv2d/winograd/winograd.h"
#include "kernels/epilogue_simd.h"
#include "kernels/simd.h"
#include "tensor/parallel.h"

namespace helder::kernels {
namespace {

// The result of a sum over no channels: the epilogue of 0.
template <class T>
void write_empty_sum(int64_t images, int64_t channels, int64_t pixels, const Epilogue<T>& end, T* y) {
  std::fill_n(y, images * channels * pixels, T(0));
  for (int64_t plane = 0; plane < images * channels; ++plane) {
    finish_run(y + plane * pixels, pixels, end.from(plane % channels, plane * pixels), y + plane * pixels);
  }
}

}  // namespace

template <class T>
void conv2d_forward_cpu(const Conv2dGeometry& g, const T* x, const T* w,
                        const std::type_identity_t<Epilogue<T>>& end, T* y) {
  if (g.C == 0) {
    return write_empty_sum(g.N, g.O, g.OH() * g.OW(), end, y);
  }
  const Conv2dPath path = conv2d_path(g, Conv2dPass::Forward, sizeof(T));
  if constexpr (sizeof(T) == 4) {
    if (path == Conv2dPath::Winograd) {
      return winograd::forward(g, x, w, end, y);
    }
  }
  path == Conv2dPath::Depthwise   ? depthwise::forward(g, x, w, end, y)
  : path == Conv2dPath::Pointwise ? pointwise::forward(g, x, w, end, y)
                                  : implicit::forward(g, x, w, end, y);
}

template <class T>
void conv2d_backward_input_cpu(const Conv2dGeometry& g, const T* w, const T* dy, T* dx, const T* b) {
  if (g.O == 0) {
    return write_empty_sum(g.N, g.C, g.H * g.W, Epilogue<T>(b), dx);
  }
  const Conv2dPath path = conv2d_path(g, Conv2dPass::BackwardInput, sizeof(T));
  if constexpr (sizeof(T) == 4) {
    if (path == Conv2dPath::Winograd) {
      return winograd::backward_input(g, w, dy, dx, b);
    }
  }
  path == Conv2dPath::Depthwise   ? depthwise::backward_input(g, w, dy, dx, b)
  : path == Conv2dPath::Pointwise ? pointwise::backward_input(g, w, dy, dx, b)
                                  : implicit::backward_input(g, w, dy, dx, b);
}

template <class T>
void conv2d_backward_weight_cpu(const Conv2dGeometry& g, const T* x, const T* dy, T* dw) {
  if (g.O * g.group_inputs() * g.taps() == 0) {
    return;  // dw has no elements
  }
  const Conv2dPath path = conv2d_path(g, Conv2dPass::BackwardWeight, sizeof(T));
  if constexpr (sizeof(T) == 4) {
    if (path == Conv2dPath::Winograd) {
      return winograd::backward_weight(g, x, dy, dw);
    }
  }
  path == Conv2dPath::Depthwise ? depthwise::backward_weight(g, x, dy, dw)
                                : implicit::backward_weight(g, x, dy, dw);
}

template <class T>
void conv2d_backward_bias_cpu(const Conv2dGeometry& g, const T* dy, T* db) {
  constexpr int64_t lanes = simd::kLanes<T>;
  const int64_t pixels = g.OH() * g.OW();
  parallel_for(g.O, std::max<int64_t>(1, kElementGrain / std::max<int64_t>(1, g.N * pixels)),
               [&](int64_t begin, int64_t end) {
                 for (int64_t o = begin; o < end; ++o) {
                   double total = 0;  // of images, so that a large batch loses nothing
                   for (int64_t n = 0; n < g.N; ++n) {
                     const T* image = dy + (n * g.O + o) * pixels;
                     simd::Vec<T> sums[4] = {};
                     int64_t i = 0;
                     for (; i + 4 * lanes <= pixels; i += 4 * lanes) {
                       for (int v = 0; v < 4; ++v) {
                         sums[v] += simd::load(image + i + v * lanes);
                       }
                     }
                     for (; i + lanes <= pixels; i += lanes) {
                       sums[0] += simd::load(image + i);
                     }
                     if (i < pixels) {
                       sums[1] += simd::load_partial(image + i, pixels - i);
                     }
                     total += static_cast<double>(simd::sum<T>((sums[0] + sums[1]) + (sums[2] + sums[3])));
                   }
                   db[o] = static_cast<T>(total);
                 }
               });
}

#define HELDER_INSTANTIATE(T)                                                                          \
  template void conv2d_forward_cpu(const Conv2dGeometry&, const T*, const T*, const Epilogue<T>&, T*); \
  template void conv2d_backward_input_cpu(const Conv2dGeometry&, const T*, const T*, T*, const T*);    \
  template void conv2d_backward_weight_cpu(const Conv2dGeometry&, const T*, const T*, T*);             \
  template void conv2d_backward_bias_cpu(const Conv2dGeometry&, const T*, T*);
HELDER_INSTANTIATE(float)
HELDER_INSTANTIATE(double)
#undef HELDER_INSTANTIATE

}  // namespace helder::kernels
