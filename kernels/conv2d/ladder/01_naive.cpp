#include "kernels/conv2d/ladder/ladder.h"

namespace helder::kernels::ladder {

// Each output looks at its window: group_inputs * KH * KW multiply-adds. A window shares all but one column
// with the next, and the next output channel looks at the very same pixels; nothing of that is used here.
template <class T>
void conv2d_naive(const Conv2dGeometry& g, const T* x, const T* w, const T* b, T* y) {
  const int64_t OH = g.OH(), OW = g.OW(), inputs = g.group_inputs();
  for (int64_t n = 0; n < g.N; ++n) {
    for (int64_t o = 0; o < g.O; ++o) {
      const int64_t first_channel = o / g.group_outputs() * inputs;
      for (int64_t i = 0; i < OH; ++i) {
        for (int64_t j = 0; j < OW; ++j) {
          T sum = b ? b[o] : T(0);
          for (int64_t c = 0; c < inputs; ++c) {
            for (int64_t p = 0; p < g.KH; ++p) {
              for (int64_t q = 0; q < g.KW; ++q) {
                const int64_t h = i * g.stride_h + p * g.dilation_h - g.padding_h;
                const int64_t v = j * g.stride_w + q * g.dilation_w - g.padding_w;
                if (h >= 0 && h < g.H && v >= 0 && v < g.W) {
                  sum += w[((o * inputs + c) * g.KH + p) * g.KW + q] *
                         x[((n * g.C + first_channel + c) * g.H + h) * g.W + v];
                }
              }
            }
          }
          y[((n * g.O + o) * OH + i) * OW + j] = sum;
        }
      }
    }
  }
}

template void conv2d_naive(const Conv2dGeometry&, const float*, const float*, const float*, float*);
template void conv2d_naive(const Conv2dGeometry&, const double*, const double*, const double*, double*);

}  // namespace helder::kernels::ladder
