#pragma once

#include <cstdint>

namespace helder::kernels {

/// Dropout of whole rows of x [rows, n]: y[r, j] = x[r, j] scale where row r is kept, else 0. Forward and,
/// with dy for x, backward.
///
/// Row r is dropped when philox_word(seed, offset, r) < p 2^32 (for p = 1 always): the counters offset ..
/// offset
/// + ceil(rows / 4) - 1.
template <class T>
void drop_rows_cpu(int64_t rows, int64_t n, double p, double scale, uint64_t seed, uint64_t offset,
                   const T* x, T* y);
template <class T>
void drop_rows_cuda(int64_t rows, int64_t n, double p, double scale, uint64_t seed, uint64_t offset,
                    const T* x, T* y);

}  // namespace helder::kernels
