#include "kernels/rotary_embedding/rotary_embedding.h"

#include <algorithm>

#include "kernels/runs.h"
#include "kernels/simd_interleave.h"
#include "tensor/parallel.h"

namespace helder::kernels {
namespace {

// Pair k is features k and k + pairs: two runs.
template <class T>
void rotate_halves(int64_t pairs, T sign, const T* x, const T* cos, const T* sin, T* y) {
  for_each_in_run<T>(pairs, [=](int64_t k, auto at) {
    const auto a = at.load(x + k), b = at.load(x + pairs + k);
    const auto c = at.load(cos + k), s = at.load(sin + k) * sign;
    at.store(y + k, a * c - b * s);
    at.store(y + pairs + k, b * c + a * s);
  });
}

// Pair k is features 2k and 2k + 1.
template <class T>
void rotate_neighbours(int64_t pairs, T sign, const T* x, const T* cos, const T* sin, T* y) {
  constexpr int64_t lanes = simd::kLanes<T>;
  int64_t k = 0;
  for (; k + lanes <= pairs; k += lanes) {
    simd::Vec<T> a, b, low, high;
    simd::deinterleave<T>(simd::load(x + 2 * k), simd::load(x + 2 * k + lanes), a, b);
    const simd::Vec<T> c = simd::load(cos + k), s = simd::load(sin + k) * sign;
    simd::interleave<T>(a * c - b * s, b * c + a * s, low, high);
    simd::store(y + 2 * k, low);
    simd::store(y + 2 * k + lanes, high);
  }
  for (; k < pairs; ++k) {
    const T a = x[2 * k], b = x[2 * k + 1], c = cos[k], s = sin[k] * sign;
    y[2 * k] = a * c - b * s;
    y[2 * k + 1] = b * c + a * s;
  }
}

}  // namespace

template <class T>
void rotary_embedding_cpu(const RotaryGeometry& g, bool inverse, const T* x, const T* cos, const T* sin,
                          T* y) {
  const T sign = inverse ? T(-1) : T(1);
  const int64_t grain = std::max<int64_t>(1, kElementGrain / std::max<int64_t>(1, g.features));
  parallel_for(g.batch * g.heads * g.length, grain, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const int64_t table = g.tables == 1 ? 0 : row / (g.heads * g.length);
      const int64_t angles = (table * g.length + row % g.length) * g.pairs;
      const T* from = x + row * g.features;
      T* to = y + row * g.features;
      if (g.interleaved) {
        rotate_neighbours(g.pairs, sign, from, cos + angles, sin + angles, to);
      } else {
        rotate_halves(g.pairs, sign, from, cos + angles, sin + angles, to);
      }
      std::copy(from + 2 * g.pairs, from + g.features, to + 2 * g.pairs);
    }
  });
}

template void rotary_embedding_cpu(const RotaryGeometry&, bool, const float*, const float*, const float*,
                                   float*);
template void rotary_embedding_cpu(const RotaryGeometry&, bool, const double*, const double*, const double*,
                                   double*);

}  // namespace helder::kernels
