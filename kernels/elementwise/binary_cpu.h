#pragma once

#include "tensor/strided_loop.h"

namespace helder::kernels {

/// y = f(a, b), elementwise over the broadcast shape of `loop`, whose operands are y, a and b in this order.
template <class F, class T, class R>
void binary_forward_cpu(const F& f, const StridedLoop<3>& loop, R* y, const T* a, const T* b) {
  const int64_t step_y = loop.inner_stride(0);
  const int64_t step_a = loop.inner_stride(1);
  const int64_t step_b = loop.inner_stride(2);
  loop.run([=](const std::array<int64_t, 3>& offset, int64_t count) {
    R* yi = y + offset[0];
    const T* ai = a + offset[1];
    const T* bi = b + offset[2];
    // The three layouts that matter get a loop that the compiler vectorises.
    if (step_y == 1 && step_a == 1 && step_b == 1) {
      for (int64_t i = 0; i < count; ++i) {
        yi[i] = f.forward(ai[i], bi[i]);
      }
    } else if (step_y == 1 && step_a == 1 && step_b == 0) {
      const T scalar = *bi;
      for (int64_t i = 0; i < count; ++i) {
        yi[i] = f.forward(ai[i], scalar);
      }
    } else if (step_y == 1 && step_a == 0 && step_b == 1) {
      const T scalar = *ai;
      for (int64_t i = 0; i < count; ++i) {
        yi[i] = f.forward(scalar, bi[i]);
      }
    } else {
      for (int64_t i = 0; i < count; ++i) {
        yi[i * step_y] = f.forward(ai[i * step_a], bi[i * step_b]);
      }
    }
  });
}

}  // namespace helder::kernels
