#pragma once

#include "kernels/conv2d/conv2d.h"
#include "kernels/conv2d/implicit/band.h"

/// How the forward pass and the gradients are split into tasks, and what a task sees of x.
namespace helder::kernels::implicit {

/// Multiply-adds that are worth handing to a thread: some 2 microseconds.
inline constexpr int64_t kGrain = 1 << 17;

/// Images, or blocks of channels, are cut up further where there are fewer of them than this.
inline constexpr int64_t kTasks = 16;

/// How many tasks of so many multiply-adds are worth a thread.
inline int64_t grain_of(int64_t multiply_adds) {
  return std::max<int64_t>(1, kGrain / std::max<int64_t>(1, multiply_adds));
}

/// What output rows [first, first + rows) see of x.
inline Window input_window(const Conv2dGeometry& g, int64_t first, int64_t rows) {
  return {first * g.stride_h - g.padding_h, (rows - 1) * g.stride_h + (g.KH - 1) * g.dilation_h + 1,
          -g.padding_w, (g.OW() - 1) * g.stride_w + (g.KW - 1) * g.dilation_w + 1};
}

/// offsets[(c, p, q)] of a band of x: where the tap sees the pixel of output (0, 0).
template <class T>
void fill_offsets(const Conv2dGeometry& g, const Band<T>& band, int64_t channels, int64_t* offsets) {
  for (int64_t c = 0; c < channels; ++c) {
    for (int64_t p = 0; p < g.KH; ++p) {
      for (int64_t q = 0; q < g.KW; ++q) {
        *offsets++ = band.offset(c, p * g.dilation_h, q * g.dilation_w);
      }
    }
  }
}

}  // namespace helder::kernels::implicit
