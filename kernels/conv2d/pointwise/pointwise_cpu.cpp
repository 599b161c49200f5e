#include "kernels/conv2d/pixels_product.h"
#include "kernels/conv2d/pointwise/pointwise.h"

namespace helder::kernels::pointwise {
namespace {

// Pictures x [images, channels, pixels] as a source of columns [channels, images x pixels].
template <class T>
struct ImageColumns {
  const T* x;
  int64_t channels, pixels;

  void operator()(int64_t k, int64_t column, const PackedColumns<T>& packed) const {
    const int64_t n = column / pixels, p = column % pixels;
    if (p + packed.columns <= pixels) {
      MatrixColumns<T>{{x + n * channels * pixels, pixels, 1}}(k, p, packed);
      return;
    }
    const int64_t stride = packed.stride(0);  // a panel, whose columns belong to several pictures
    for (int64_t i = 0; i < packed.depth; ++i) {
      T* out = packed.data + i * stride;
      int64_t j = 0;
      while (j < packed.columns) {
        const int64_t image = (column + j) / pixels, first = (column + j) % pixels;
        const int64_t run = std::min(packed.columns - j, pixels - first);
        simd::copy(x + (image * channels + k + i) * pixels + first, run, out + j);
        j += run;
      }
      std::fill(out + j, out + stride, T(0));
    }
  }
};

// out[j] = in[j * step], for j in [0, count).
template <class T>
void gather_row(const T* in, int64_t step, int64_t count, T* out) {
  constexpr int64_t lanes = simd::kLanes<T>;
  int64_t j = 0;
  if (step == 2) {
    for (; 2 * (j + lanes) <= 2 * count - 1; j += lanes) {  // reads no number behind the last
      simd::Vec<T> even = simd::load(in + 2 * j), odd = simd::load(in + 2 * j + lanes);
      simd::unzip<T>(even, odd);
      simd::store(out + j, even);
    }
  }
  for (; j < count; ++j) {
    out[j] = in[j * step];
  }
}

bool moves_by_one(const Conv2dGeometry& g) { return g.stride_h == 1 && g.stride_w == 1; }

}  // namespace

bool applies(const Conv2dGeometry& g) {
  return g.KH == 1 && g.KW == 1 && g.padding_h == 0 && g.padding_w == 0 && g.groups == 1;
}

template <class T>
void forward(const Conv2dGeometry& g, const T* x, const T* w, const Epilogue<T>& end, T* y) {
  const int64_t OH = g.OH(), OW = g.OW(), pixels = OH * OW;
  if (g.N * g.O * pixels == 0) {
    return;
  }
  const Matrix<T> weight{w, g.C, 1};
  const PixelOutput<T> out{y, g.O, pixels};
  if (moves_by_one(g) && g.N == 1 && !columns_are_few(g.C, pixels) &&
      pixels_product::is_better_in_place(g.O, g.C, pixels, simd::kLanes<T>)) {
    return pixels_product::in_place(weight, g.C, x, pixels, out, end);
  }
  const Workspace<T> seen(moves_by_one(g) ? 0 : g.N * g.C * pixels);
  if (!moves_by_one(g)) {
    parallel_for(g.N * g.C, std::max<int64_t>(1, kElementGrain / pixels), [&](int64_t begin, int64_t finish) {
      for (int64_t row = begin * OH; row < finish * OH; ++row) {
        gather_row(x + (row / OH * g.H + row % OH * g.stride_h) * g.W, g.stride_w, OW,
                   seen.data() + row * OW);
      }
    });
  }
  multiply_pixels(weight, g.C, ImageColumns<T>{moves_by_one(g) ? x : seen.data(), g.C, pixels}, g.N * pixels,
                  out, end);
}

template <class T>
void backward_input(const Conv2dGeometry& g, const T* w, const T* dy, T* dx, const T* b) {
  const int64_t OH = g.OH(), OW = g.OW(), pixels = OH * OW;
  if (g.N * g.C * pixels == 0) {
    return;
  }
  const bool in_place = moves_by_one(g);
  const Workspace<T> seen(in_place ? 0 : g.N * g.C * pixels);  // the gradient of the pixels that were seen
  multiply_pixels(Matrix<T>{w, 1, g.C}, g.O, ImageColumns<T>{dy, g.O, pixels}, g.N * pixels,
                  PixelOutput<T>{in_place ? dx : seen.data(), g.C, pixels}, Epilogue<T>(b));
  if (!in_place) {
    parallel_for(g.N * g.C, std::max<int64_t>(1, kElementGrain / (g.H * g.W)),
                 [&](int64_t begin, int64_t finish) {
                   for (int64_t plane = begin; plane < finish; ++plane) {
                     T* out = dx + plane * g.H * g.W;
                     std::fill_n(out, g.H * g.W, b ? b[plane % g.C] : T(0));
                     for (int64_t i = 0; i < OH; ++i) {
                       const T* from = seen.data() + (plane * OH + i) * OW;
                       T* to = out + i * g.stride_h * g.W;
                       for (int64_t j = 0; j < OW; ++j) {
                         to[j * g.stride_w] = from[j];
                       }
                     }
                   }
                 });
  }
}

#define HELDER_INSTANTIATE(T)                                                               \
  template void forward(const Conv2dGeometry&, const T*, const T*, const Epilogue<T>&, T*); \
  template void backward_input(const Conv2dGeometry&, const T*, const T*, T*, const T*);
HELDER_INSTANTIATE(float)
HELDER_INSTANTIATE(double)
#undef HELDER_INSTANTIATE

}  // namespace helder::kernels::pointwise
