#pragma once

#include <algorithm>
#include <limits>

#include "kernels/exp.h"
#include "kernels/reduce/reduce.h"
#include "kernels/runs.h"
#include "tensor/parallel.h"

// How softmax, cross entropy, normalize and some reductions walk x [outer, n, inner] along its middle
// dimension. Private to their kernels.
namespace helder::kernels {

/// Neighbouring columns that are worked on together: a few cache lines of each of the n rows.
inline constexpr int64_t kColumns = 64;

/// Calls `body.operator()<Width>(outer, first, width)` for blocks of at most kColumns columns, on all
/// threads. A block's columns are first .. first + width - 1 of inner. Width is width's upper bound at
/// compile time: 1 where inner is 1, so that the loop over columns disappears there.
template <class Body>
void for_each_column_block(const ReduceGeometry& g, const Body& body) {
  const int64_t blocks = (g.inner + kColumns - 1) / kColumns;  // in one outer
  const int64_t block_elements = std::max<int64_t>(1, g.n * std::min(kColumns, g.inner));
  const int64_t grain = std::max<int64_t>(1, kElementGrain / 4 / block_elements);  // an exp is work
  parallel_for(g.outer * blocks, grain, [&](int64_t begin, int64_t end) {
    for (int64_t block = begin; block < end; ++block) {
      const int64_t first = block % blocks * kColumns;
      if (g.inner == 1) {
        body.template operator()<1>(block, 0, 1);
      } else {
        body.template operator()<kColumns>(block / blocks, first, std::min(kColumns, g.inner - first));
      }
    }
  });
}

/// Calls body(k * stride + j, j) for k < n and j < width. Where Width is 1, stride must be 1 as well.
template <int64_t Width, class Body>
void for_each_element(int64_t n, int64_t stride, int64_t width, const Body& body) {
  if constexpr (Width == 1) {
    for (int64_t k = 0; k < n; ++k) {
      body(k, 0);
    }
  } else {
    for (int64_t k = 0; k < n; ++k) {
      for (int64_t j = 0; j < width; ++j) {
        body(k * stride + j, j);
      }
    }
  }
}

/// total[j] = sum over k < n of term(k * stride + j, j), for j < width. Where columns are single rows, in 16
/// interleaved partial sums, in an order that only n decides.
template <int64_t Width, class T, class Term>
void column_sums(int64_t n, int64_t stride, int64_t width, T* total, const Term& term) {
  if constexpr (Width == 1) {
    constexpr int64_t kLanes = 16;
    T lanes[kLanes] = {};
    int64_t k = 0;
    for (; k + kLanes <= n; k += kLanes) {
      for (int64_t lane = 0; lane < kLanes; ++lane) {
        lanes[lane] += term(k + lane, 0);
      }
    }
    for (int64_t lane = 0; k < n; ++k, ++lane) {
      lanes[lane] += term(k, 0);
    }
    for (int64_t half = kLanes / 2; half > 0; half /= 2) {
      for (int64_t lane = 0; lane < half; ++lane) {
        lanes[lane] += lanes[lane + half];
      }
    }
    *total = lanes[0];
  } else {
    std::fill(total, total + width, T(0));
    for_each_element<Width>(n, stride, width, [=](int64_t at, int64_t j) { total[j] += term(at, j); });
  }
}

/// maximum[j] = max over k of x[k * stride + j], for j < width, NaNs left out.
template <int64_t Width, class T>
void column_maxima(const T* x, int64_t n, int64_t stride, int64_t width, T* maximum) {
  if constexpr (Width == 1) {
    *maximum = largest_in_run(n, x);
  } else {
    constexpr T kLowest = -std::numeric_limits<T>::infinity();
    const auto larger = [](T a, T b) { return a > b ? a : b; };
    std::fill(maximum, maximum + width, kLowest);
    for_each_element<Width>(n, stride, width,
                            [=](int64_t at, int64_t j) { maximum[j] = larger(x[at], maximum[j]); });
  }
}

/// The maxima, and total[j] = sum over k of exp(x[k * stride + j] - maximum[j]). A NaN in a column makes its
/// total NaN.
template <int64_t Width, class T>
void column_statistics(const T* x, int64_t n, int64_t stride, int64_t width, T* maximum, T* total) {
  column_maxima<Width>(x, n, stride, width, maximum);
  column_sums<Width>(n, stride, width, total,
                     [=](int64_t at, int64_t j) { return fast_exp(x[at] - maximum[j]); });
}

}  // namespace helder::kernels
