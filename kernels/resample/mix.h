#pragma once

#include <algorithm>

#include "kernels/resample/axis.h"

// The two passes of a separable resampling, for one row of outputs. Private to kernels.
namespace helder::kernels {

/// row[j] = sum over t of the weights of output r, times x[first[r] + t, j], for columns j in [begin, end) of
/// a plane x [rows.in, width].
template <class T>
void mix_rows(const ResampleAxis<T>& rows, int64_t r, const T* x, int64_t width, int64_t begin, int64_t end,
              T* row) {
  for (int64_t t = 0; t < rows.taps; ++t) {
    const T weight = rows.weights[static_cast<size_t>(t * rows.out + r)];
    const T* from = x + (rows.first_of(r) + t) * width;
    if (t == 0) {
      for (int64_t j = begin; j < end; ++j) {
        row[j] = weight * from[j];
      }
    } else if (weight != T(0)) {
      for (int64_t j = begin; j < end; ++j) {
        row[j] += weight * from[j];
      }
    }
  }
}

/// The transpose of mix_rows: adds to x[first[r] + t, j] the weights of output r, times row[j].
template <class T>
void spread_rows(const ResampleAxis<T>& rows, int64_t r, const T* row, int64_t width, int64_t begin,
                 int64_t end, T* x) {
  for (int64_t t = 0; t < rows.taps; ++t) {
    const T weight = rows.weights[static_cast<size_t>(t * rows.out + r)];
    T* to = x + (rows.first_of(r) + t) * width;
    for (int64_t j = begin; weight != T(0) && j < end; ++j) {
      to[j] += weight * row[j];
    }
  }
}

/// y[c] = sum over t of weights[t, c] row[first[c] + t].
template <class T>
void mix_columns(const ResampleAxis<T>& columns, const T* row, T* y) {
  const int32_t* first = columns.first.data();
  for (int64_t t = 0; t < columns.taps; ++t) {
    const T* weights = columns.weights.data() + t * columns.out;
    const T* from = row + t;
    if (t == 0) {
      for (int64_t c = 0; c < columns.out; ++c) {
        y[c] = weights[c] * from[first[c]];
      }
    } else {
      for (int64_t c = 0; c < columns.out; ++c) {
        y[c] += weights[c] * from[first[c]];
      }
    }
  }
}

/// The transpose of mix_columns: adds weights[t, c] y[c] to row[first[c] + t].
template <class T>
void spread_columns(const ResampleAxis<T>& columns, const T* y, T* row) {
  for (int64_t c = 0; c < columns.out; ++c) {
    for (int64_t t = 0; t < columns.taps; ++t) {
      row[columns.first_of(c) + t] += columns.weights[static_cast<size_t>(t * columns.out + c)] * y[c];
    }
  }
}

}  // namespace helder::kernels
