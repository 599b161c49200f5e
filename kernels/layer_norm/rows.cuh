#pragma once

#include "kernels/cuda/block_reduce.cuh"
#include "kernels/cuda/grid_stride.h"
#include "kernels/cuda/long_sum.cuh"
#include "kernels/cuda/workspace.h"
#include "kernels/layer_norm/layer_norm.h"

// The kernels of layer norm (kCentred) and of RMS norm, which takes the mean to be 0. Private to their .cu
// files.
namespace helder::kernels {

/// The threads that share a row: a warp, of which a block has eight, or a whole block of 256.
template <int kTeam>
struct RowTeam {
  static_assert(kTeam == 32 || kTeam == kBlockThreads);
  static constexpr int64_t kRows = kBlockThreads / kTeam;  // of a block
  int64_t row = int64_t{blockIdx.x} * kRows + threadIdx.x / kTeam;
  int lane = static_cast<int>(threadIdx.x % kTeam);

  __device__ double sum(double value) const {
    if constexpr (kTeam == 32) {
      return warp_reduce(Plus{}, value);
    } else {
      return block_sum(value);
    }
  }
};

/// Calls body(i, j) for the elements i of a row that are this thread's, its j-th ones: neighbouring threads
/// have neighbours. With kHeld > 0 a thread has at most so many, and j is a constant of the unrolled loop;
/// with 0 any number, and j is 0.
template <int kTeam, int kHeld, class Body>
__device__ void for_each_in_row(int64_t n, int lane, const Body& body) {
  if constexpr (kHeld > 0) {
    const int size = static_cast<int>(n);
#pragma unroll
    for (int j = 0; j < kHeld; ++j) {
      if (const int i = lane + j * kTeam; i < size) {
        body(i, j);
      }
    }
  } else {
    for (int64_t i = lane; i < n; i += kTeam) {
      body(i, 0);
    }
  }
}

/// This thread's numbers of a row: in registers, so that they come from memory once, or (kHeld = 0), in a
/// long row, read again each time.
template <int kTeam, int kHeld, class T>
struct RowValues {
  const T* row;
  T held[kHeld > 0 ? kHeld : 1];

  __device__ RowValues(const T* from, int64_t n, int lane) : row(from) {
    if constexpr (kHeld > 0) {
      for_each_in_row<kTeam, kHeld>(n, lane, [&](int i, int j) { held[j] = row[i]; });
    }
  }
  template <class Index>
  __device__ T operator()(Index i, int j) const {
    return kHeld > 0 ? held[j] : row[i];
  }
};

// mean = sum of x / n,  inverse_std = 1 / sqrt(sum of (x - mean)^2 / n + eps),
// y = (x - mean) inverse_std weight + bias;  x, y [rows, n]. A thread adds its numbers in T, then all are
// added in double.
template <bool kCentred, int kTeam, int kHeld, class T>
__global__ void __launch_bounds__(kBlockThreads)
    normalize_rows(LayerNormGeometry g, double eps, const T* __restrict__ x, const T* __restrict__ weight,
                   const T* __restrict__ bias, T* mean, T* inverse_std, T* __restrict__ y) {
  const RowTeam<kTeam> team;
  if (team.row >= g.rows) {
    return;  // all threads of the team
  }
  const double share = 1 / static_cast<double>(g.n);
  const RowValues<kTeam, kHeld, T> value(x + team.row * g.n, g.n, team.lane);
  T m = 0;
  if constexpr (kCentred) {
    T sum = 0;
    for_each_in_row<kTeam, kHeld>(g.n, team.lane, [&](auto i, int j) { sum += value(i, j); });
    m = static_cast<T>(team.sum(static_cast<double>(sum)) * share);
  }
  T squares = 0;
  for_each_in_row<kTeam, kHeld>(g.n, team.lane, [&](auto i, int j) {
    const T centred = value(i, j) - m;
    squares += centred * centred;
  });
  const T scale = T(1) / sqrt(static_cast<T>(team.sum(static_cast<double>(squares)) * share + eps));
  if (team.lane == 0) {
    inverse_std[team.row] = scale;
    if constexpr (kCentred) {
      mean[team.row] = m;
    }
  }
  T* to = y + team.row * g.n;
  for_each_in_row<kTeam, kHeld>(g.n, team.lane, [&](auto i, int j) {
    const T h = (value(i, j) - m) * scale;
    to[i] = h * (weight ? weight[i] : T(1)) + (kCentred && bias ? bias[i] : T(0));
  });
}

// dx = inverse_std (dy w - mean of dy w - h * mean of dy w h),  h = (x - mean) inverse_std.
template <bool kCentred, int kTeam, int kHeld, class T>
__global__ void __launch_bounds__(kBlockThreads)
    row_gradients(LayerNormGeometry g, const T* __restrict__ x, const T* __restrict__ dy, const T* mean,
                  const T* inverse_std, const T* __restrict__ weight, T* __restrict__ dx) {
  const RowTeam<kTeam> team;
  if (team.row >= g.rows) {
    return;
  }
  const T m = kCentred ? mean[team.row] : T(0);
  const T scale = inverse_std[team.row];
  const RowValues<kTeam, kHeld, T> value(x + team.row * g.n, g.n, team.lane);
  const RowValues<kTeam, kHeld, T> d(dy + team.row * g.n, g.n, team.lane);
  T along = 0, along_h = 0;  // the sums of dy w and of dy w h
  for_each_in_row<kTeam, kHeld>(g.n, team.lane, [&](auto i, int j) {
    const T dw = d(i, j) * (weight ? weight[i] : T(1));
    along += dw;
    along_h += dw * ((value(i, j) - m) * scale);
  });
  const double share = 1 / static_cast<double>(g.n);
  const T of_h = static_cast<T>(team.sum(static_cast<double>(along_h)) * share);
  const T of_one = kCentred ? static_cast<T>(team.sum(static_cast<double>(along)) * share) : T(0);
  T* to = dx + team.row * g.n;
  for_each_in_row<kTeam, kHeld>(g.n, team.lane, [&](auto i, int j) {
    const T h = (value(i, j) - m) * scale;
    to[i] = scale * (d(i, j) * (weight ? weight[i] : T(1)) - of_one - h * of_h);
  });
}

// partial[c, 0, j] = the sum of dy h, partial[c, 1, j] that of dy, over the rows of chunk c. A block has 32
// columns, one a lane, and its eight warps every eighth row.
template <bool kCentred, class T>
__global__ void __launch_bounds__(kBlockThreads)
    sum_parameter_gradients(LayerNormGeometry g, int64_t chunk_rows, const T* __restrict__ x,
                            const T* __restrict__ dy, const T* mean, const T* inverse_std, double* partial) {
  constexpr int kWarps = kBlockThreads / 32;
  __shared__ Shared<double[2][kWarps][32]> of_warp;
  const int64_t lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  const int64_t column = int64_t{blockIdx.x} * 32 + lane, chunk = blockIdx.y;
  const int64_t end = column < g.n ? min(g.rows, (chunk + 1) * chunk_rows) : 0;
  LongSum<T> dw, db;
  for (int64_t r = chunk * chunk_rows + warp; r < end; r += kWarps) {
    const T d = dy[r * g.n + column];
    const T m = kCentred ? mean[r] : T(0);
    dw.add(d * ((x[r * g.n + column] - m) * inverse_std[r]));
    db.add(d);
  }
  of_warp[0][warp][lane] = dw.total();
  of_warp[1][warp][lane] = db.total();
  __syncthreads();
  if (warp < 2 && column < g.n) {
    double total = 0;
    for (int w = 0; w < kWarps; ++w) {
      total += of_warp[warp][w][lane];
    }
    partial[(chunk * 2 + warp) * g.n + column] = total;
  }
}

// dweight[j] and dbias[j] = the sums over c of partial[c, 0, j] and partial[c, 1, j], in order.
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    add_parameter_gradients(int64_t n, int64_t chunks, const double* partial, T* dweight, T* dbias) {
  for (int64_t j = grid_thread(); j < 2 * n; j += grid_threads()) {
    double total = 0;
    for (int64_t c = 0; c < chunks; ++c) {
      total += partial[c * 2 * n + j];
    }
    if (T* to = j < n ? dweight : dbias) {
      to[j % n] = static_cast<T>(total);
    }
  }
}

/// Calls body.operator()<kTeam, kHeld>(grid) with what suits rows of n numbers.
template <class Body>
void visit_row_teams(const LayerNormGeometry& g, const Body& body) {
  const Launch by_warp = {.grid = blocks_for(g.rows, RowTeam<32>::kRows), .block = kBlockThreads};
  const Launch by_block = {.grid = blocks_for(g.rows, 1), .block = kBlockThreads};
  if (g.n <= 32 * 8) {
    body.template operator()<32, 8>(by_warp);
  } else if (g.n <= 32 * 32) {
    body.template operator()<32, 32>(by_warp);
  } else if (g.n <= 256 * 16) {
    body.template operator()<256, 16>(by_block);
  } else {
    body.template operator()<256, 0>(by_block);
  }
}

template <bool kCentred, class T>
void normalize_rows_cuda(const LayerNormGeometry& g, double eps, const T* x, const T* weight, const T* bias,
                         T* mean, T* inverse_std, T* y) {
  visit_row_teams(g, [&]<int kTeam, int kHeld>(const Launch& grid) {
    launch<normalize_rows<kCentred, kTeam, kHeld, T>>(grid, g, eps, x, weight, bias, mean, inverse_std, y);
  });
}

template <bool kCentred, class T>
void row_gradients_cuda(const LayerNormGeometry& g, const T* x, const T* dy, const T* mean,
                        const T* inverse_std, const T* weight, T* dx, T* dweight, T* dbias) {
  if (dx != nullptr) {
    visit_row_teams(g, [&]<int kTeam, int kHeld>(const Launch& grid) {
      launch<row_gradients<kCentred, kTeam, kHeld, T>>(grid, g, x, dy, mean, inverse_std, weight, dx);
    });
  }
  if (dweight != nullptr || dbias != nullptr) {
    constexpr int64_t kMostChunks = 128;
    const int64_t chunk_rows = std::max<int64_t>(64, (g.rows + kMostChunks - 1) / kMostChunks);
    const unsigned chunks = blocks_for(g.rows, chunk_rows);
    const CudaWorkspace<double> partial(int64_t{chunks} * 2 * g.n);
    launch<sum_parameter_gradients<kCentred, T>>(
        {.grid = dim3(blocks_for(g.n, 32), chunks), .block = kBlockThreads}, g, chunk_rows, x, dy, mean,
        inverse_std, partial.data());
    launch<add_parameter_gradients<T>>(grid_for(2 * g.n), g.n, int64_t{chunks}, partial.data(), dweight,
                                       dbias);
  }
}

}  // namespace helder::kernels
