#pragma once

#include "kernels/conv2d/winograd/tiles.h"
#include "kernels/matmul/packing.h"

/// The weights in frequencies, as the right operand of 36 matrix products:
///
///   M[f] [tiles, outputs] = V[f] [tiles, inputs]  U[f] [inputs, outputs]
namespace helder::kernels::winograd {

/// Weights [O, C, 3, 3], or the same seen backwards: element (o, c, tap) is data[o * output + c * input +
/// tap], or 8 - tap with `flipped`.
struct Weights {
  const float* data;
  int64_t output, input;
  bool flipped;
};

/// The output channels, in vectors of lanes, dealt out to panels of at most kTileVectors vectors, about
/// equal. An even number of panels, so that two or four threads get the same work.
struct OutputPanels {
  int64_t channels, vectors, count;

  explicit OutputPanels(int64_t outputs)
      : channels(outputs),
        vectors((outputs + kLanes - 1) / kLanes),
        count((vectors + kTileVectors - 1) / kTileVectors) {
    count = std::min(vectors, (count + 1) / 2 * 2);
  }
  int64_t begin(int64_t panel) const { return panel * vectors / count * kLanes; }  // the first channel
  int64_t width(int64_t panel) const { return begin(panel + 1) - begin(panel); }   // whole vectors
  int64_t end(int64_t panel) const { return std::min(channels, begin(panel + 1)); }
};

/// U of one panel of outputs and some inputs: element (f, c, o) is data[f * frequency + c * width + o].
struct WeightPanel {
  float* data;
  int64_t inputs, width;
  int64_t frequency;  // one vector more than a matrix, for the sake of the cache sets

  WeightPanel(float* numbers, int64_t input_count, int64_t output_width)
      : data(numbers),
        inputs(input_count),
        width(output_width),
        frequency(input_count * output_width + kLanes) {}
  static int64_t size(int64_t inputs, int64_t width) { return kFrequencies * (inputs * width + kLanes); }
};

/// taps[tap][lane] = p[lane * stride + tap] for lanes < count, 0 in the others: rows of 9 numbers, transposed
/// in registers where those are long enough.
template <int Lanes = kLanes>
HELDER_INLINE void load_taps(const float* p, int64_t stride, int64_t count, Vec (&taps)[9]) {
  if constexpr (Lanes >= 9) {
    Vec square[Lanes];
#pragma GCC unroll 16
    for (int lane = 0; lane < Lanes; ++lane) {
      square[lane] = lane < count ? simd::load_partial(p + lane * stride, 9) : Vec{};
    }
    simd::transpose<float>(square);
#pragma GCC unroll 16
    for (int tap = 0; tap < 9; ++tap) {
      taps[tap] = square[tap];
    }
  } else {
    for (int tap = 0; tap < 9; ++tap) {
      taps[tap] = Vec{};
      for (int lane = 0; lane < count; ++lane) {
        taps[tap][lane] = p[lane * stride + tap];
      }
    }
  }
}

/// The other way: p[lane * 9 + tap] = taps[tap][lane] for lanes < count.
template <int Lanes = kLanes>
HELDER_INLINE void store_taps(const Vec (&taps)[9], int64_t count, float* p) {
  if constexpr (Lanes >= 9) {
    Vec square[Lanes] = {};
#pragma GCC unroll 16
    for (int tap = 0; tap < 9; ++tap) {
      square[tap] = taps[tap];
    }
    simd::transpose<float>(square);
#pragma GCC unroll 16
    for (int lane = 0; lane < Lanes; ++lane) {
      if (lane < count) {
        simd::store_partial(p + lane * 9, square[lane], 9);
      }
    }
  } else {
    for (int lane = 0; lane < count; ++lane) {
      for (int tap = 0; tap < 9; ++tap) {
        p[lane * 9 + tap] = taps[tap][lane];
      }
    }
  }
}

constexpr int64_t kInputsAhead = 8;

/// U = G g G^T for the outputs [o, o + panel.width), of which those up to `end` exist, and the inputs [c,
/// c_end), which become the panel's inputs from `to` on.
inline void transform_weights(const Weights& w, int64_t o, int64_t end, int64_t c, int64_t c_end,
                              const WeightPanel& panel, int64_t to) {
  for (int64_t v = 0; v < panel.width; v += kLanes) {
    const int64_t count = std::min<int64_t>(kLanes, end - o - v);
    for (int64_t i = c; i < c_end; ++i) {
      // These rows lie far apart, more of them than a processor follows by itself.
      for (int64_t lane = 0; lane < count; ++lane) {
        __builtin_prefetch(w.data + (o + v + lane) * w.output + (i + kInputsAhead) * w.input);
      }
      Vec taps[9];
      load_taps(w.data + (o + v) * w.output + i * w.input, w.output, count, taps);
      float* out = panel.data + (to + i - c) * panel.width + v;
      transform_square<WeightTransform>(
          [&](int p, int q)
              __attribute__((always_inline)) { return taps[w.flipped ? 8 - p * 3 - q : p * 3 + q]; },
          [&](int p, int q, Vec u)
              __attribute__((always_inline)) { simd::store(out + (p * kPatch + q) * panel.frequency, u); });
    }
  }
}

/// M[f] (+)= V[f] U[f], for each frequency f and the panel's inputs, which are V's channels from `channel`
/// on.
inline void multiply(const Frequencies& v, int64_t channel, const WeightPanel& u, int64_t tiles,
                     const Frequencies& m, bool add) {
  const Split rows(tiles, kTileRows, 1);
  for (int64_t f = 0; f < kFrequencies; ++f) {
    const float* b = u.data + f * u.frequency;
    for (int64_t t = 0; t < tiles; t += rows.size) {
      const TileOutput<float> tile{m.at(f, t, 0), m.tile, u.width,
                                   add ? Start<float>::from_output() : Start<float>{}};
      // V comes from far, in order: the next rows are called for while these are taken up.
      const bool last = t + rows.size >= tiles;
      const int64_t ahead = last ? 0 : t + rows.size;
      for (int64_t r = 0; r < std::min(rows.size, tiles - ahead); ++r) {
        for (int64_t k = 0; k < u.inputs; k += kLanes) {
          __builtin_prefetch(v.at(last ? f + 1 : f, ahead + r, channel + k));
        }
      }
      with_tile_size(std::min(rows.size, tiles - t), u.width / kLanes, [&]<int Rows, int Vectors>() {
        compute_tile<float, Rows, Vectors>(
            tile, [&](auto& sums) __attribute__((always_inline)) {
              multiply_add<float, Rows, Vectors, false>(
                  sums, u.inputs,
                  [a = v.at(f, t, channel), step = v.tile](int r, int64_t k) { return a[r * step + k]; },
                  [b](int64_t k) { return b + k * Vectors * kLanes; });
            });
      });
    }
  }
}

}  // namespace helder::kernels::winograd
