#include "kernels/rotary_embedding/rotary_embedding.h"

#include "kernels/cuda/grid_stride.h"
#include "kernels/cuda/launch.h"

namespace helder::kernels {
namespace {

// a' = a c - b s,  b' = b c + a s  for each pair (a, b) of x [batch, heads, length, features]. A thread a
// feature: reading its partner as well costs less than writing out of order.
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    rotary_embedding(RotaryGeometry g, T sign, const T* x, const T* cos, const T* sin, T* y) {
  const int64_t n = g.batch * g.heads * g.length * g.features;
  for (int64_t at = grid_thread(); at < n; at += grid_threads()) {
    const int64_t feature = at % g.features, row = at / g.features;
    if (feature >= 2 * g.pairs) {
      y[at] = x[at];
      continue;
    }
    const int64_t pair = g.interleaved ? feature / 2 : feature % g.pairs;
    const bool second = g.interleaved ? feature % 2 == 1 : feature >= g.pairs;
    const int64_t partner = (g.interleaved ? 1 : g.pairs) * (second ? -1 : 1);
    const int64_t table = g.tables == 1 ? 0 : row / (g.heads * g.length);
    const int64_t angle = (table * g.length + row % g.length) * g.pairs + pair;
    const T s = (second ? sign : -sign) * sin[angle];
    y[at] = x[at] * cos[angle] + x[at + partner] * s;
  }
}

}  // namespace

template <class T>
void rotary_embedding_cuda(const RotaryGeometry& g, bool inverse, const T* x, const T* cos, const T* sin,
                           T* y) {
  launch<rotary_embedding<T>>(grid_for(g.batch * g.heads * g.length * g.features), g, inverse ? T(-1) : T(1),
                              x, cos, sin, y);
}

template void rotary_embedding_cuda(const RotaryGeometry&, bool, const float*, const float*, const float*,
                                    float*);
template void rotary_embedding_cuda(const RotaryGeometry&, bool, const double*, const double*, const double*,
                                    double*);

}  // namespace helder::kernels
