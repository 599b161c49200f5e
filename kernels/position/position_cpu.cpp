#include "kernels/position/position.h"

#include <algorithm>
#include <cmath>

#include "tensor/parallel.h"
#include "tensor/workspace.h"

namespace helder::kernels {
namespace {

// counts[i] = how many of mask[0], mask[stride], ..., mask[i * stride] are false, scaled if asked.
template <class T>
void count_along(int64_t n, int64_t stride, double scale, const bool* mask, T* counts) {
  int64_t count = 0;
  for (int64_t i = 0; i < n; ++i) {
    count += !mask[i * stride];
    counts[i * stride] = static_cast<T>(count);
  }
  if (scale != 0) {
    const T factor = static_cast<T>(scale / (static_cast<double>(count) + 1e-6));
    for (int64_t i = 0; i < n; ++i) {
      counts[i * stride] *= factor;
    }
  }
}

}  // namespace

template <class T>
void sine_positions_cpu(int64_t rows, int64_t pairs, double temperature, SineLayout layout,
                        const T* positions, T* y) {
  const Workspace<double> frequency(pairs);
  for (int64_t k = 0; k < pairs; ++k) {
    frequency[k] = std::pow(temperature, -static_cast<double>(k) / static_cast<double>(pairs));
  }
  const int64_t step = layout == SineLayout::Interleaved ? 2 : 1;  // between neighbouring frequencies
  const int64_t to_cos = layout == SineLayout::Interleaved ? 1 : pairs;
  const int64_t grain = std::max<int64_t>(1, kElementGrain / 16 / std::max<int64_t>(1, pairs));
  parallel_for(rows, grain, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      T* to = y + r * 2 * pairs;
      for (int64_t k = 0; k < pairs; ++k) {
        const double angle = static_cast<double>(positions[r]) * frequency[k];
        to[k * step] = static_cast<T>(std::sin(angle));
        to[k * step + to_cos] = static_cast<T>(std::cos(angle));
      }
    }
  });
}

template <class T>
void pixel_positions_cpu(int64_t pictures, int64_t height, int64_t width, double scale, const bool* mask,
                         T* y, T* x) {
  for (int64_t n = 0; n < pictures; ++n) {
    const int64_t picture = n * height * width;
    for (int64_t j = 0; j < width; ++j) {
      count_along(height, width, scale, mask + picture + j, y + picture + j);
    }
    for (int64_t i = 0; i < height; ++i) {
      count_along(width, 1, scale, mask + picture + i * width, x + picture + i * width);
    }
  }
}

template void sine_positions_cpu(int64_t, int64_t, double, SineLayout, const float*, float*);
template void sine_positions_cpu(int64_t, int64_t, double, SineLayout, const double*, double*);
template void pixel_positions_cpu(int64_t, int64_t, int64_t, double, const bool*, float*, float*);
template void pixel_positions_cpu(int64_t, int64_t, int64_t, double, const bool*, double*, double*);

}  // namespace helder::kernels
