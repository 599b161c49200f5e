#include "kernels/position/position.h"

#include "kernels/cuda/grid_stride.h"
#include "kernels/cuda/launch.h"

namespace helder::kernels {
namespace {

// y[r, .] = sin and cos of positions[r] temperature^(-k / pairs),  positions [rows], y [rows, 2 pairs]. A
// thread for each (r, k), in double: angles of thousands leave no digits of a float.
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    sine_positions(int64_t rows, int64_t pairs, double temperature, SineLayout layout, const T* positions,
                   T* y) {
  const int64_t step = layout == SineLayout::Interleaved ? 2 : 1;
  const int64_t to_cos = layout == SineLayout::Interleaved ? 1 : pairs;
  for (int64_t at = grid_thread(); at < rows * pairs; at += grid_threads()) {
    const int64_t r = at / pairs, k = at % pairs;
    const double frequency = pow(temperature, -static_cast<double>(k) / static_cast<double>(pairs));
    const double angle = static_cast<double>(positions[r]) * frequency;
    T* const to = y + r * 2 * pairs + k * step;
    to[0] = static_cast<T>(sin(angle));
    to[to_cos] = static_cast<T>(cos(angle));
  }
}

// counts[line, i] = how many of mask[line, 0 .. i] are false, scaled if asked. Element i of line (a, b) is
// (a n + i) inner + b. A thread a line.
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    count_along(int64_t outer, int64_t n, int64_t inner, double scale, const bool* mask, T* counts) {
  for (int64_t line = grid_thread(); line < outer * inner; line += grid_threads()) {
    const int64_t first = line / inner * n * inner + line % inner;
    int64_t count = 0;
    for (int64_t i = 0; i < n; ++i) {
      count += !mask[first + i * inner];
      counts[first + i * inner] = static_cast<T>(count);
    }
    if (scale != 0) {
      const T factor = static_cast<T>(scale / (static_cast<double>(count) + 1e-6));
      for (int64_t i = 0; i < n; ++i) {
        counts[first + i * inner] *= factor;
      }
    }
  }
}

}  // namespace

template <class T>
void sine_positions_cuda(int64_t rows, int64_t pairs, double temperature, SineLayout layout,
                         const T* positions, T* y) {
  launch<sine_positions<T>>(grid_for(rows * pairs), rows, pairs, temperature, layout, positions, y);
}

template <class T>
void pixel_positions_cuda(int64_t pictures, int64_t height, int64_t width, double scale, const bool* mask,
                          T* y, T* x) {
  launch<count_along<T>>(grid_for(pictures * width), pictures, height, width, scale, mask, y);
  launch<count_along<T>>(grid_for(pictures * height), pictures * height, width, int64_t{1}, scale, mask, x);
}

template void sine_positions_cuda(int64_t, int64_t, double, SineLayout, const float*, float*);
template void sine_positions_cuda(int64_t, int64_t, double, SineLayout, const double*, double*);
template void pixel_positions_cuda(int64_t, int64_t, int64_t, double, const bool*, float*, float*);
template void pixel_positions_cuda(int64_t, int64_t, int64_t, double, const bool*, double*, double*);

}  // namespace helder::kernels
