#pragma once

#include "kernels/conv2d/even_parts.h"
#include "kernels/conv2d/winograd/pixels.h"
#include "tensor/workspace.h"

/// The tiles of a convolution, and their way to frequencies and back.
namespace helder::kernels::winograd {

/// y [N, O, OH, OW] from x [N, C, H, W] by a kernel of 3 x 3 that moves by one pixel: y(i, j) sees x from
/// (i - pad_h, j - pad_w) on. A negative padding leaves out the rim of x.
struct Shape {
  int64_t N, C, H, W, O, OH, OW, pad_h, pad_w;

  int64_t tile_rows() const { return (OH + kTile - 1) / kTile; }  // of one image
  int64_t tile_columns() const { return (OW + kTile - 1) / kTile; }
  int64_t tiles() const { return N * tile_rows() * tile_columns(); }
};

/// Tile rows [first_row, first_row + rows), counted through all images, and in each the same tile columns.
struct Block {
  int64_t first_row, rows, first_column, columns;

  int64_t tiles() const { return rows * columns; }
};

/// Calls body(n, row, rows, tile) for each image n that the block meets: its tile rows [row, row + rows), and
/// the number in the block of their first tile.
template <class Body>
void for_each_image(const Shape& s, const Block& block, const Body& body) {
  const int64_t end = block.first_row + block.rows, each = s.tile_rows();
  for (int64_t r = block.first_row; r < end;) {
    const int64_t rows = std::min(each - r % each, end - r);
    body(r / each, r % each, rows, (r - block.first_row) * block.columns);
    r += rows;
  }
}

/// kFrequencies matrices [tiles, channels] of one block: number (f, t, c) is data[f * frequency + t * tile +
/// c].
struct Frequencies {
  float* data;
  int64_t frequency, tile;

  /// Rows of whole vectors. One more vector keeps the frequencies of a tile out of each other's cache sets.
  static int64_t row(int64_t channels) { return (channels + kLanes - 1) / kLanes * kLanes; }
  static int64_t size(int64_t tiles, int64_t channels) {
    return kFrequencies * (tiles * row(channels) + kLanes);
  }

  static Frequencies in(float* numbers, int64_t tiles, int64_t channels) {
    return {numbers, tiles * row(channels) + kLanes, row(channels)};
  }
  float* at(int64_t f, int64_t t, int64_t c) const { return data + f * frequency + t * tile + c; }
  Frequencies from_channel(int64_t c) const { return {data + c, frequency, tile}; }
};

/// Floats of scratch for load_tiles and store_tiles of a block.
inline int64_t tile_scratch(const Block& block) {
  return (block.rows * kTile + 2) * (block.columns * kTile + 2) * kLanes;
}

/// frequencies(., t, c - channel_begin) = B^T d B of the patch d of x that tile t sees, for the channels
/// [channel_begin, channel_end), a multiple of kLanes the first. OutputGradientTransform instead takes dy,
/// whose patches are the tiles themselves: A dy A^T.
template <class Transform>
void load_tiles(const Shape& s, const float* x, const Block& block, int64_t channel_begin,
                int64_t channel_end, const Frequencies& frequencies, float* scratch) {
  constexpr bool gradient = Transform::kFrom == kTile;
  const int64_t channels = gradient ? s.O : s.C, height = gradient ? s.OH : s.H,
                width = gradient ? s.OW : s.W;
  const int64_t overlap = gradient ? 0 : 2;  // of neighbouring patches
  for_each_image(s, block, [&](int64_t n, int64_t row, int64_t rows, int64_t first_tile) {
    const Area area{row * kTile - (gradient ? 0 : s.pad_h), rows * kTile + overlap,
                    block.first_column * kTile - (gradient ? 0 : s.pad_w), block.columns * kTile + overlap};
    std::fill_n(scratch, area.rows * area.columns * kLanes, 0.0f);
    for (int64_t c = channel_begin; c < channel_end; c += kLanes) {
      load_pixels({x + (n * channels + c) * height * width, std::min<int64_t>(kLanes, channel_end - c),
                   height, width},
                  area, scratch);
      for (int64_t t = 0; t < rows * block.columns; ++t) {
        const float* patch =
            scratch + (t / block.columns * kTile * area.columns + t % block.columns * kTile) * kLanes;
        float* out = frequencies.at(0, first_tile + t, c - channel_begin);
        transform_square<Transform>(
            [&](int i, int j) __attribute__((always_inline)) {
              return simd::load(patch + (i * area.columns + j) * kLanes);
            },
            [&](int i, int j, Vec v) __attribute__((always_inline)) {
              simd::store(out + (i * kPatch + j) * frequencies.frequency, v);
            });
      }
    }
  });
}

/// y = end(A^T m A) of each tile, for the output channels [channel_begin, channel_end), which are the
/// frequencies' channels from 0 on.
inline void store_tiles(const Shape& s, const Frequencies& frequencies, const Block& block,
                        int64_t channel_begin, int64_t channel_end, const Epilogue<float>& end, float* y,
                        float* scratch) {
  for (int64_t c = channel_begin; c < channel_end; c += kLanes) {
    const int64_t count = std::min<int64_t>(kLanes, channel_end - c);
    const Vec scale = end.scale ? simd::load_partial(end.scale + c, count) : simd::broadcast(1.0f);
    const Vec shift = end.shift ? simd::load_partial(end.shift + c, count) : Vec{};
    for_each_image(s, block, [&](int64_t n, int64_t row, int64_t rows, int64_t first_tile) {
      const Planes<float> planes{y + (n * s.O + c) * s.OH * s.OW, count, s.OH, s.OW};
      for (int64_t r = 0; r < rows; ++r) {  // one tile row at a time: its pixels stay in level 1
        const Area area{(row + r) * kTile, kTile, block.first_column * kTile, block.columns * kTile};
        for (int64_t t = 0; t < block.columns; ++t) {
          const float* in = frequencies.at(0, first_tile + r * block.columns + t, c - channel_begin);
          float* out = scratch + t * kTile * kLanes;
          transform_square<OutputTransform>(
              [&](int i, int j) __attribute__((always_inline)) {
                return simd::load(in + (i * kPatch + j) * frequencies.frequency);
              },
              [&](int i, int j, Vec v) __attribute__((always_inline)) {
                simd::store(out + (i * area.columns + j) * kLanes, v * scale + shift);
              });
        }
        store_pixels(scratch, area, planes, end.from(0, planes.data - y));
      }
    });
  }
}

}  // namespace helder::kernels::winograd
