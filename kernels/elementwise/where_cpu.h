#pragma once

#include "tensor/strided_loop.h"

namespace helder::kernels {

/// y = condition ? a : b, elementwise over the broadcast shape of `loop`, whose operands are y, condition, a
/// and b.
template <class T>
void where_forward_cpu(const StridedLoop<4>& loop, T* y, const bool* condition, const T* a, const T* b) {
  loop.run([=, &loop](const std::array<int64_t, 4>& offset, int64_t count) {
    for (int64_t i = 0; i < count; ++i) {
      y[offset[0] + i * loop.inner_stride(0)] = condition[offset[1] + i * loop.inner_stride(1)]
                                                    ? a[offset[2] + i * loop.inner_stride(2)]
                                                    : b[offset[3] + i * loop.inner_stride(3)];
    }
  });
}

}  // namespace helder::kernels
