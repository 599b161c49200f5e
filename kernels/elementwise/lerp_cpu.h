#pragma once

#include "tensor/strided_loop.h"

namespace helder::kernels {

/// y = a + w (b - a), elementwise over the broadcast shape of `loop`, whose operands are y, a, b and w. From
/// w = 1/2 on it is computed from b's end, b - (1 - w) (b - a), so that w = 1 gives b exactly.
template <class T>
void lerp_forward_cpu(const StridedLoop<4>& loop, T* y, const T* a, const T* b, const T* w) {
  const int64_t step_y = loop.inner_stride(0), step_a = loop.inner_stride(1);
  const int64_t step_b = loop.inner_stride(2), step_w = loop.inner_stride(3);
  const auto lerp = [](T from, T to, T weight) {
    const T distance = to - from;
    return weight > T(-0.5) && weight < T(0.5) ? from + weight * distance : to - distance * (T(1) - weight);
  };
  loop.run([=](const std::array<int64_t, 4>& offset, int64_t count) {
    T* yi = y + offset[0];
    const T* ai = a + offset[1];
    const T* bi = b + offset[2];
    const T* wi = w + offset[3];
    if (step_y == 1 && step_a == 1 && step_b == 1 && step_w == 0) {  // one weight: moving averages
      const T weight = *wi;
      for (int64_t i = 0; i < count; ++i) {
        yi[i] = lerp(ai[i], bi[i], weight);
      }
    } else {
      for (int64_t i = 0; i < count; ++i) {
        yi[i * step_y] = lerp(ai[i * step_a], bi[i * step_b], wi[i * step_w]);
      }
    }
  });
}

}  // namespace helder::kernels
