#include "kernels/dropout/dropout.h"

#include "kernels/cuda/graph_values.h"
#include "kernels/cuda/grid_stride.h"
#include "kernels/dropout/drop_rows.h"
#include "kernels/dropout/threshold.h"
#include "tensor/random.h"

namespace helder::kernels {
namespace {

// Four neighbours, which one Philox counter decides on, as one load or store.
template <class T>
struct alignas(16) Four {
  T value[4];
};

// y[i] = x[i] scale, or 0 where philox_word(seed, offset, i) < threshold. A thread a counter.
template <bool kAligned, class T>
__global__ void __launch_bounds__(kBlockThreads)
    dropout(int64_t n, uint32_t threshold, T scale, uint64_t seed, uint64_t offset, const uint64_t* shift,
            const T* __restrict__ x, T* __restrict__ y) {
  offset += shift != nullptr ? *shift : 0;
  for (int64_t q = grid_thread(); 4 * q < n; q += grid_threads()) {
    const auto words = philox4x32(seed, offset + static_cast<uint64_t>(q));
    if (kAligned && 4 * q + 4 <= n) {
      Four<T> four = reinterpret_cast<const Four<T>*>(x)[q];
      for (int j = 0; j < 4; ++j) {
        four.value[j] = words[j] < threshold ? T(0) : four.value[j] * scale;
      }
      reinterpret_cast<Four<T>*>(y)[q] = four;
    } else {
      for (int64_t i = 4 * q; i < min(n, 4 * q + 4); ++i) {
        y[i] = words[i % 4] < threshold ? T(0) : x[i] * scale;
      }
    }
  }
}

// y[r, j] = x[r, j] scale, or 0 where philox_word(seed, offset, r) < threshold. A block a part of a row.
constexpr int64_t kRowPart = 4096;
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    drop_rows(int64_t n, int64_t parts, double threshold, T scale, uint64_t seed, uint64_t offset,
              const uint64_t* shift, const T* __restrict__ x, T* __restrict__ y) {
  offset += shift != nullptr ? *shift : 0;
  const int64_t row = blockIdx.x / parts, part = blockIdx.x % parts;
  const bool dropped = philox_word(seed, offset, static_cast<uint64_t>(row)) < threshold;
  const int64_t end = row * n + min(n, (part + 1) * kRowPart);
  for (int64_t i = row * n + part * kRowPart + threadIdx.x; i < end; i += blockDim.x) {
    y[i] = dropped ? T(0) : x[i] * scale;
  }
}

}  // namespace

template <class T>
void dropout_cuda(int64_t n, double p, uint64_t seed, uint64_t offset, const T* x, T* y) {
  const auto is_aligned = [](const void* at) { return reinterpret_cast<uintptr_t>(at) % 16 == 0; };
  const Launch grid = grid_for((n + 3) / 4);
  if (is_aligned(x) && is_aligned(y)) {
    launch<dropout<true, T>>(grid, n, drop_threshold(p), keep_scale<T>(p), seed, offset, random_shift(seed),
                             x, y);
  } else {
    launch<dropout<false, T>>(grid, n, drop_threshold(p), keep_scale<T>(p), seed, offset, random_shift(seed),
                              x, y);
  }
}

template <class T>
void drop_rows_cuda(int64_t rows, int64_t n, double p, double scale, uint64_t seed, uint64_t offset,
                    const T* x, T* y) {
  if (rows * n > 0) {
    const double threshold = p < 1 ? std::round(p * 0x1p32) : 0x1p32;
    const int64_t parts = (n + kRowPart - 1) / kRowPart;
    launch<drop_rows<T>>({.grid = blocks_for(rows * parts, 1), .block = kBlockThreads}, n, parts, threshold,
                         static_cast<T>(scale), seed, offset, random_shift(seed), x, y);
  }
}

template void dropout_cuda(int64_t, double, uint64_t, uint64_t, const float*, float*);
template void dropout_cuda(int64_t, double, uint64_t, uint64_t, const double*, double*);
template void drop_rows_cuda(int64_t, int64_t, double, double, uint64_t, uint64_t, const float*, float*);
template void drop_rows_cuda(int64_t, int64_t, double, double, uint64_t, uint64_t, const double*, double*);

}  // namespace helder::kernels
