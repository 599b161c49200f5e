#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/matmul/packing.h"

/// What lets a convolution be a matrix product without a column matrix: all that is irregular about it
/// (borders, strides, dilation) is settled once, while the part of an image that a task needs is copied;
/// often it need not even be copied. After that, each row of the imagined column matrix is the image,
/// shifted.
namespace helder::kernels {

/// Some rows of some channels of an image, with a border of zeros where they reach beyond it, and with the
/// columns sorted by their remainder modulo `step`, so that every step-th column of a row are neighbours.
template <class T>
struct Band {
  const T* data;
  int64_t plane;  // between channels
  int64_t row;    // between rows
  int64_t step;   // the column step
  int64_t phase;  // between columns x and x + 1, when the band is sorted; 1 when step is 1

  /// Where element (channel, y, x) is, counted from the band's first row and column.
  int64_t offset(int64_t channel, int64_t y, int64_t x) const {
    return channel * plane + y * row + (step == 1 ? x : x % step * phase + x / step);
  }
};

/// The rows [y, y + rows) and columns [x, x + columns) of an image; both may lie outside it.
struct Window {
  int64_t y, rows, x, columns;

  bool within(int64_t height, int64_t width) const {
    return y >= 0 && y + rows <= height && x >= 0 && x + columns <= width;
  }
  int64_t phase(int64_t step) const { return (columns + step - 1) / step; }
  /// Numbers of a copied band.
  int64_t size(int64_t channels, int64_t step) const { return channels * rows * phase(step) * step; }
};

/// out[0 .. count) = 0: the border of a row is too short for memset, which a loop would be made into.
template <class T>
void clear_run(int64_t count, T* out) {
  constexpr int64_t lanes = simd::kLanes<T>;
  for (; count >= lanes; count -= lanes, out += lanes) {
    simd::store(out, simd::Vec<T>{});
  }
  if (count > 0) {
    simd::store_partial(out, simd::Vec<T>{}, count);
  }
}

/// out[x % step * phase + x / step] = in[x] for x in [left, right).
template <class T>
void sort_row(const T* in, int64_t left, int64_t right, int64_t step, int64_t phase, T* out) {
  if (step == 2) {  // almost every step above 1: a vector of even and one of odd columns at a time
    constexpr int64_t lanes = simd::kLanes<T>;
    for (; left < right && left % 2 != 0; ++left) {
      out[phase + left / 2] = in[left];
    }
    for (; left + 2 * lanes <= right; left += 2 * lanes) {
      simd::Vec<T> even = simd::load(in + left), odd = simd::load(in + left + lanes);
      simd::unzip<T>(even, odd);
      simd::store(out + left / 2, even);
      simd::store(out + phase + left / 2, odd);
    }
    if (const int64_t rest = right - left; rest > 1) {
      simd::Vec<T> even = simd::load_partial(in + left, std::min(lanes, rest));
      simd::Vec<T> odd = rest > lanes ? simd::load_partial(in + left + lanes, rest - lanes) : simd::Vec<T>{};
      simd::unzip<T>(even, odd);
      simd::store_partial(out + left / 2, even, (rest + 1) / 2);
      simd::store_partial(out + phase + left / 2, odd, rest / 2);
      return;
    }
  }
  int64_t remainder = left % step, quotient = left / step;  // of x, without dividing each time
  for (int64_t x = left; x < right; ++x) {
    out[remainder * phase + quotient] = in[x];
    if (++remainder == step) {
      remainder = 0;
      ++quotient;
    }
  }
}

/// The band of `image` [channels, height, width] that `window` shows: the image itself where it will do, else
/// (or always) a copy in `scratch`.
template <class T>
Band<T> make_band(const T* image, int64_t channels, int64_t height, int64_t width, const Window& window,
                  int64_t step, T* scratch, bool always_copy = false) {
  if (!always_copy && step == 1 && window.within(height, width)) {
    return {image + window.y * width + window.x, height * width, width, 1, 1};
  }
  const int64_t phase = window.phase(step), row = phase * step, plane = window.rows * row;
  // Columns [left, right) of the window are inside the image.
  const int64_t left = std::clamp<int64_t>(-window.x, 0, window.columns);
  const int64_t right = std::clamp<int64_t>(width - window.x, left, window.columns);
  for (int64_t c = 0; c < channels; ++c) {
    for (int64_t i = 0; i < window.rows; ++i) {
      const int64_t y = window.y + i;
      const T* in = image + (c * height + y) * width + window.x;
      T* out = scratch + c * plane + i * row;
      if (y < 0 || y >= height) {
        clear_run(row, out);
      } else if (step == 1) {
        clear_run(left, out);
        simd::copy(in + left, right - left, out + left);
        clear_run(row - right, out + right);
      } else {
        clear_run(row, out);
        sort_row(in, left, right, step, phase, out);
      }
    }
  }
  return {scratch, plane, row, step, phase};
}

/// The column matrix that nobody writes down, as a source of packed columns: B[k, (i, j)] is the band at
/// offsets[k] + i * row_step + j, for output row i and output column j. With several images, whose bands are
/// `image` numbers apart, their columns follow each other.
template <class T>
struct BandColumns {
  const T* band;
  const int64_t* offsets;
  int64_t row_step;
  int64_t rows, width;  // of the output, of one image
  int64_t image = 0;

  void operator()(int64_t k, int64_t column, const PackedColumns<T>& packed) const {
    constexpr int lanes = simd::kLanes<T>;
    for (int64_t begin = 0; begin < packed.columns; begin += kTileColumns<T>) {
      const int64_t end = std::min<int64_t>(packed.columns, begin + kTileColumns<T>);
      const int64_t stride = packed.stride(begin);
      T* panel = packed.panel(begin);
      // Pieces of at most a vector, none across the end of an output row.
      for (int64_t j = begin; j < end;) {
        const int64_t i = (column + j) / width, x = (column + j) % width;
        const int64_t count = std::min({int64_t{lanes}, width - x, end - j});
        copy_piece(k, packed.depth, i / rows * image + i % rows * row_step + x, count, panel + j - begin,
                   stride);
        j += count;
      }
      if (end - begin < stride) {
        for (int64_t r = 0; r < packed.depth; ++r) {
          std::fill_n(panel + r * stride + end - begin, stride - (end - begin), T(0));
        }
      }
    }
  }

 private:
  // The same `count` numbers of each row k: at `shift` from where the row begins.
  void copy_piece(int64_t k, int64_t depth, int64_t shift, int64_t count, T* out, int64_t stride) const {
    const T* in = band + shift;
    if (count == simd::kLanes<T>) {
      for (int64_t r = 0; r < depth; ++r) {
        simd::store(out + r * stride, simd::load(in + offsets[k + r]));
      }
    } else {
      for (int64_t r = 0; r < depth; ++r) {
        simd::store_partial(out + r * stride, simd::load_partial(in + offsets[k + r], count), count);
      }
    }
  }
};

}  // namespace helder::kernels
