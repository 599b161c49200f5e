#include "kernels/conv2d/implicit/implicit.h"
#include "kernels/conv2d/implicit/tasks.h"
#include "kernels/matmul/panels.h"
#include "tensor/workspace.h"

// The weight's gradient is a product  [inputs x taps, pixels] x [pixels, outputs], whose left side is read
// straight from the image.

namespace helder::kernels::implicit {
namespace {

// sums[r][o] += sum over output pixels of x, at rows[r], times dy [pixels, outputs], packed in `panel`.
template <class T, int Rows, int Vectors>
void weight_tile(const T* const* x, int64_t lines, int64_t row_step, int64_t width, const T* panel,
                 const TileOutput<T>& out) {
  constexpr int64_t stride = Vectors * simd::kLanes<T>;
  const T* rows[Rows];
  std::copy_n(x, Rows, rows);
  compute_tile<T, Rows, Vectors>(
      out, [&](auto& sums) __attribute__((always_inline)) {
        for (int64_t i = 0; i < lines; ++i) {
          multiply_add<T, Rows, Vectors, false>(
              sums, width, [&rows](int r, int64_t j) { return rows[r][j]; },
              [line = panel + i * width * stride](int64_t j) {
                return line + j * Vectors * simd::kLanes<T>;
              });
          for (const T*& row : rows) {
            row += row_step;
          }
        }
      });
}

// The most rows (c, p, q) of the weight's gradient in one task: each transposes dy for itself.
constexpr int64_t kWeightRows = 384;
// Output pixels of a step, as many as a slice of k has.
constexpr int64_t kWeightPixels = kSliceDepth;
// The most numbers of partial sums, 16 MiB of floats.
constexpr int64_t kPartialNumbers = int64_t{1} << 22;

// sums [channels x taps, outputs] += columns(image) [channels x taps, pixels] dy^T [pixels, outputs], for one
// image.
template <class T>
void add_image(const Conv2dGeometry& g, const T* image, int64_t channels, const T* dy, T* sums,
               const Workspace<T>& band_scratch, const Workspace<int64_t>& offsets,
               const Workspace<T>& packed) {
  const int64_t outputs = g.group_outputs(), OH = g.OH(), OW = g.OW(), lanes = simd::kLanes<T>;
  const Split tiles(channels * g.taps(), kTileRows, 1);  // 9 rows are 5 + 4, not 8 + 1
  const Split lines(OH, std::max<int64_t>(1, kWeightPixels / OW), 1);
  for (int64_t first = 0; first < OH; first += lines.size) {
    const int64_t count = std::min(lines.size, OH - first);
    const Band<T> band =
        make_band(image, channels, g.H, g.W, input_window(g, first, count), g.stride_w, band_scratch.data());
    fill_offsets(g, band, channels, offsets.data());
    const PackedColumns<T> dy_columns{packed.data(), count * OW, outputs};
    MatrixColumns<T>{{dy + first * OW, 1, OH * OW}}(0, 0, dy_columns);
    for (int64_t o = 0; o < outputs; o += kTileColumns<T>) {
      const int64_t columns = std::min<int64_t>(kTileColumns<T>, outputs - o);
      for (int64_t row = 0; row < channels * g.taps(); row += tiles.size) {
        const int64_t rows = std::min(tiles.size, channels * g.taps() - row);
        const T* x[kTileRows];
        for (int64_t r = 0; r < rows; ++r) {
          x[r] = band.data + offsets[row + r];
        }
        const TileOutput<T> tile{sums + row * outputs + o, outputs, columns, Start<T>::from_output()};
        with_tile_size(rows, (columns + lanes - 1) / lanes, [&]<int Rows, int Vectors>() {
          weight_tile<T, Rows, Vectors>(x, count, g.stride_h * band.row, OW, dy_columns.panel(o), tile);
        });
      }
    }
  }
}

}  // namespace

// dw^T [inputs x taps, outputs] = sum over n of columns(x[n]) [inputs x taps, pixels] dy[n]^T [pixels,
// outputs].
//
// A task adds up a fixed part of the images for a block of channels; then the parts are added in their order.
template <class T>
void backward_weight(const Conv2dGeometry& g, const T* x, const T* dy, T* dw) {
  constexpr int64_t lanes = simd::kLanes<T>;
  const int64_t inputs = g.group_inputs(), outputs = g.group_outputs(), OH = g.OH(), OW = g.OW();
  const int64_t depth = inputs * g.taps();
  const Split blocks(inputs, std::max<int64_t>(1, kWeightRows / g.taps()), 1);
  const int64_t wanted = (kTasks + g.groups * blocks.count - 1) / (g.groups * blocks.count);
  const int64_t most = std::max<int64_t>(1, kPartialNumbers / std::max<int64_t>(1, g.O * depth));
  const Split parts(g.N, (g.N + std::min(wanted, most) - 1) / std::min(wanted, most), 1);
  const int64_t line_count = std::min(OH, std::max<int64_t>(1, kWeightPixels / std::max<int64_t>(1, OW)));

  const Workspace<T> partial(parts.count * g.O * depth);  // [part, group, inputs x taps, outputs]
  const int64_t tasks = parts.count * g.groups * blocks.count;
  const int64_t work = parts.size * blocks.size * g.taps() * outputs * OH * OW;
  parallel_for(tasks, grain_of(work), [&](int64_t begin, int64_t end) {
    const Workspace<T> band_scratch(input_window(g, 0, line_count).size(blocks.size, g.stride_w));
    const Workspace<int64_t> offsets(blocks.size * g.taps());
    const Workspace<T> packed(line_count * OW * (outputs + lanes - 1));
    for (int64_t task = begin; task < end; ++task) {
      const int64_t part = task / blocks.count / g.groups, group = task / blocks.count % g.groups;
      const int64_t c = task % blocks.count * blocks.size, channels = std::min(blocks.size, inputs - c);
      T* sums = partial.data() + ((part * g.groups + group) * depth + c * g.taps()) * outputs;
      std::fill_n(sums, channels * g.taps() * outputs, T(0));
      for (int64_t n = part * parts.size; n < std::min(g.N, (part + 1) * parts.size); ++n) {
        add_image(g, x + (n * g.C + group * inputs + c) * g.H * g.W, channels,
                  dy + (n * g.O + group * outputs) * OH * OW, sums, band_scratch, offsets, packed);
      }
    }
  });

  const int64_t rows = (depth + lanes - 1) / lanes;  // of squares
  parallel_for(g.groups * rows, std::max<int64_t>(1, kElementGrain / (lanes * outputs * parts.count + 1)),
               [&](int64_t begin, int64_t end) {
                 for (int64_t i = begin; i < end; ++i) {
                   const int64_t group = i / rows, k = i % rows * lanes, height = std::min(lanes, depth - k);
                   for (int64_t o = 0; o < outputs; o += lanes) {
                     const int64_t width = std::min(lanes, outputs - o);
                     simd::Vec<T> square[lanes] = {};
                     for (int64_t part = 0; part < parts.count; ++part) {
                       const T* from = partial.data() + ((part * g.groups + group) * depth + k) * outputs + o;
                       for (int64_t r = 0; r < height; ++r) {
                         square[r] += simd::load_partial(from + r * outputs, width);
                       }
                     }
                     simd::transpose<T>(square);
                     for (int64_t j = 0; j < width; ++j) {
                       simd::store_partial(dw + (group * outputs + o + j) * depth + k, square[j], height);
                     }
                   }
                 }
               });
}

template void backward_weight(const Conv2dGeometry&, const float*, const float*, float*);
template void backward_weight(const Conv2dGeometry&, const double*, const double*, double*);

}  // namespace helder::kernels::implicit
