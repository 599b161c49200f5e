#pragma once

#include <cstdint>

namespace helder::kernels {

/// Where the sines and cosines of one position lie in its `2 pairs` numbers.
enum class SineLayout {
  Interleaved,  ///< sin 0, cos 0, sin 1, cos 1, ...
  Halves        ///< sin 0, sin 1, ..., cos 0, cos 1, ...
};

/// y[r, .] = sin and cos of positions[r] frequency[k] for k < pairs, with frequency[k] = temperature^(-k /
/// pairs). Computed in double.
template <class T>
void sine_positions_cpu(int64_t rows, int64_t pairs, double temperature, SineLayout layout,
                        const T* positions, T* y);
template <class T>
void sine_positions_cuda(int64_t rows, int64_t pairs, double temperature, SineLayout layout,
                         const T* positions, T* y);

/// Where each pixel of a picture lies, counting only those that are not masked (padding): for mask [N, H, W],
///
///   y[n, i, j] = how many of mask[n, 0 .. i, j] are false,   x[n, i, j] = how many of mask[n, i, 0 .. j]
///   are.
///
/// Unmasked pixels count 1, 2, ... A `scale` other than 0 divides each by the last count of its column or row
/// plus 1e-6 and multiplies by scale.
template <class T>
void pixel_positions_cpu(int64_t pictures, int64_t height, int64_t width, double scale, const bool* mask,
                         T* y, T* x);
template <class T>
void pixel_positions_cuda(int64_t pictures, int64_t height, int64_t width, double scale, const bool* mask,
                          T* y, T* x);

}  // namespace helder::kernels
