#include "kernels/conv2d/implicit/implicit.h"

#include "kernels/conv2d/implicit/shifted.h"
#include "kernels/conv2d/implicit/tasks.h"
#include "kernels/conv2d/pixels_product.h"
#include "tensor/workspace.h"

// Forward and the input's gradient are products  weights [outputs, inputs x taps] x [inputs x taps, pixels],
// whose right side is packed straight from the image, a few kilobytes at a time. The weight's gradient is in
// weight_gradient_cpu.cpp.

namespace helder::kernels::implicit {
namespace {

// Images are cut into bands of rows where there are fewer images than kTasks, and where a copied band would
// outgrow level 2 (1 MiB of floats).
constexpr int64_t kBandNumbers = int64_t{1} << 18;

// Rows of each band, for `images` images of `rows` rows, each of which costs `row_numbers` numbers of
// scratch.
Split split_rows(int64_t images, int64_t rows, int64_t row_numbers) {
  const int64_t bands = std::max<int64_t>(1, kTasks / std::max<int64_t>(1, images));
  const int64_t most = std::min((rows + bands - 1) / bands, kBandNumbers / std::max<int64_t>(1, row_numbers));
  return {rows, std::max<int64_t>(1, most), 1};
}

// Small pictures of many channels, as at the end of a network: whole pictures, several at a time, as one
// product. Bands of their rows would each read all of the weights for a few columns.
constexpr int64_t kSmallPixels = 1024;
constexpr int64_t kBatchNumbers = int64_t{1} << 22;  // of copied pictures: 16 MiB

template <class T>
void forward_small(const Conv2dGeometry& g, const T* x, const T* w, const Epilogue<T>& end, T* y) {
  const int64_t OH = g.OH(), OW = g.OW(), depth = g.C * g.taps();
  const Window window = input_window(g, 0, OH);
  const int64_t channel = window.size(1, g.stride_w), image = g.C * channel;
  const int64_t most = std::clamp<int64_t>(kBatchNumbers / image, 1, g.N);
  const Workspace<T> bands(most * image);
  const Workspace<int64_t> offsets(depth);
  for (int64_t n = 0; n < g.N; n += most) {
    const int64_t images = std::min(most, g.N - n);
    parallel_for(images * g.C, std::max<int64_t>(1, kElementGrain / channel),
                 [&](int64_t begin, int64_t finish) {
                   for (int64_t plane = begin; plane < finish; ++plane) {
                     make_band(x + (n * g.C + plane) * g.H * g.W, 1, g.H, g.W, window, g.stride_w,
                               bands.data() + plane * channel, /*always_copy=*/true);
                   }
                 });
    const int64_t phase = window.phase(g.stride_w);
    const Band<T> band{bands.data(), channel, phase * g.stride_w, g.stride_w, phase};
    fill_offsets(g, band, g.C, offsets.data());
    const BandColumns<T> columns{band.data, offsets.data(), g.stride_h * band.row, OH, OW, image};
    const int64_t first = n * g.O * OH * OW;
    multiply_pixels(Matrix<T>{w, depth, 1}, depth, columns, images * OH * OW,
                    PixelOutput<T>{y + first, g.O, OH * OW}, end.from(0, first));
  }
}

}  // namespace

// y[n] [O, pixels] = w [O, inputs x taps] columns(x[n]) [inputs x taps, pixels] + b, for each image and
// group.
template <class T>
void forward(const Conv2dGeometry& g, const T* x, const T* w, const Epilogue<T>& end, T* y) {
  const int64_t inputs = g.group_inputs(), outputs = g.group_outputs(), OH = g.OH(), OW = g.OW();
  const int64_t depth = inputs * g.taps(), pixels = OH * OW;
  if (g.groups == 1 && pixels > 0 && pixels <= kSmallPixels && depth >= kSliceDepth) {
    return forward_small(g, x, w, end, y);
  }
  const Workspace<T> packed(g.O * depth);
  for (int64_t group = 0; group < g.groups; ++group) {
    T* rows = packed.data() + group * outputs * depth;
    pack_rows({w + group * outputs * depth, depth, 1}, PackedRows<T>(rows, outputs, depth), rows);
  }
  const Split bands = split_rows(g.N * g.groups, OH, inputs * g.stride_h * (g.W + 2 * g.padding_w));
  const int64_t scratch_size = input_window(g, 0, bands.size).size(inputs, g.stride_w);

  parallel_for(
      g.N * g.groups * bands.count, grain_of(outputs * depth * bands.size * OW),
      [&](int64_t begin, int64_t finish) {
        const Workspace<T> band_scratch(scratch_size);
        const Workspace<int64_t> offsets(depth);
        const Workspace<T> scratch(PackedColumns<T>::size(kGroupColumns<T>));
        for (int64_t task = begin; task < finish; ++task) {
          const int64_t n = task / bands.count / g.groups, group = task / bands.count % g.groups;
          const int64_t first = task % bands.count * bands.size, rows = std::min(bands.size, OH - first);
          const T* image = x + (n * g.C + group * inputs) * g.H * g.W;
          const Band<T> band = make_band(image, inputs, g.H, g.W, input_window(g, first, rows), g.stride_w,
                                         band_scratch.data());
          fill_offsets(g, band, inputs, offsets.data());
          const BandColumns<T> columns{band.data, offsets.data(), g.stride_h * band.row, rows, OW};
          const PackedRows<T> weights(packed.data() + group * outputs * depth, outputs, depth);
          const int64_t at = (n * g.O + group * outputs) * pixels + first * OW;
          multiply_band(weights, columns, y + at, pixels, end.from(group * outputs, at), scratch.data());
        }
      });
}

namespace {

// The pixels of dx whose row is `row` and column is `column` modulo the stride see the same taps of w, each
// at one shift of dy: x row h = i stride_h + row was seen through tap p by y row i + shift when
//   h + padding_h - p dilation_h = (i + shift) stride_h.
struct Phase {
  int64_t remainder, size;  // pixels h = i * stride + remainder, for i in [0, size)
  int64_t taps = 0;         // that reach them
};

// Whether tap p reaches pixels of this remainder, and at which shift.
bool reaches(int64_t p, int64_t dilation, int64_t padding, int64_t stride, int64_t remainder,
             int64_t* shift) {
  const int64_t distance = remainder + padding - p * dilation;
  *shift = distance / stride;
  return distance % stride == 0;
}

// The smallest and the largest shift of any tap and remainder.
struct Shifts {
  int64_t low, high;

  Shifts(int64_t taps, int64_t dilation, int64_t padding, int64_t stride) {
    const int64_t least = padding - (taps - 1) * dilation;  // remainder 0, last tap
    low = least >= 0 ? 0 : -((-least + stride - 1) / stride);
    high = (stride - 1 + padding) / stride;
  }
};

}  // namespace

// For each remainder of the pixels modulo the stride (one, where the stride is 1):
// dx[n] [inputs, pixels] = w^T [inputs, outputs x taps] columns(dy[n]) [outputs x taps, pixels] + b.
template <class T>
void backward_input(const Conv2dGeometry& g, const T* w, const T* dy, T* dx, const T* b) {
  const int64_t inputs = g.group_inputs(), outputs = g.group_outputs(), OH = g.OH(), OW = g.OW();
  const int64_t phases = g.stride_h * g.stride_w;
  const bool whole =
      phases == 1;  // dx is written in place; else each phase is computed by itself and then spread
  const Shifts shift_h(g.KH, g.dilation_h, g.padding_h, g.stride_h);
  const Shifts shift_w(g.KW, g.dilation_w, g.padding_w, g.stride_w);

  // The weights of each group and phase: [inputs, outputs x taps of the phase], packed, one after the other.
  struct Tap {
    int64_t p, q, shift_h, shift_w;
  };
  const int64_t weights_size = g.O * inputs * g.taps();
  const Workspace<T> packed(weights_size);
  const Workspace<T> transposed(weights_size / g.groups);
  const Workspace<Tap> taps(g.taps());  // of all phases, one after the other
  const Workspace<int64_t> first_tap(phases + 1);
  first_tap[0] = 0;
  for (int64_t phase = 0; phase < phases; ++phase) {
    int64_t count = first_tap[phase];
    for (int64_t p = 0; p < g.KH; ++p) {
      for (int64_t q = 0; q < g.KW; ++q) {
        Tap tap{p, q, 0, 0};
        if (reaches(p, g.dilation_h, g.padding_h, g.stride_h, phase / g.stride_w, &tap.shift_h) &&
            reaches(q, g.dilation_w, g.padding_w, g.stride_w, phase % g.stride_w, &tap.shift_w)) {
          taps[count++] = tap;
        }
      }
    }
    first_tap[phase + 1] = count;
  }
  const auto packed_at = [&](int64_t group, int64_t phase) {
    return packed.data() + (group * g.taps() + first_tap[phase]) * inputs * outputs;
  };
  for (int64_t group = 0; group < g.groups; ++group) {
    for (int64_t phase = 0; phase < phases; ++phase) {
      const int64_t first = first_tap[phase], count = first_tap[phase + 1] - first, depth = outputs * count;
      parallel_for(inputs, std::max<int64_t>(1, kElementGrain / (depth + 1)),
                   [&](int64_t begin, int64_t end) {
                     for (int64_t c = begin; c < end; ++c) {
                       for (int64_t o = 0; o < outputs; ++o) {
                         for (int64_t t = 0; t < count; ++t) {
                           const Tap& tap = taps[first + t];
                           transposed[(c * outputs + o) * count + t] =
                               w[(((group * outputs + o) * inputs + c) * g.KH + tap.p) * g.KW + tap.q];
                         }
                       }
                     }
                   });
      if (count > 0) {
        T* rows = packed_at(group, phase);
        pack_rows({transposed.data(), depth, 1}, PackedRows<T>(rows, inputs, depth), rows);
      }
    }
  }

  // Bands of pixel rows i, which are stride_h rows of dx each.
  const int64_t grid_h = (g.H + g.stride_h - 1) / g.stride_h, grid_w = (g.W + g.stride_w - 1) / g.stride_w;
  const auto window = [&](int64_t first, int64_t rows) {
    return Window{first + shift_h.low, rows + shift_h.high - shift_h.low, shift_w.low,
                  grid_w + shift_w.high - shift_w.low};
  };
  const Split bands = split_rows(g.N * g.groups, grid_h, outputs * window(0, 1).columns);
  const int64_t scratch_size = window(0, bands.size).size(outputs, 1);
  const int64_t work = inputs * outputs * g.taps() * bands.size * grid_w;
  parallel_for(g.N * g.groups * bands.count, grain_of(work), [&](int64_t begin, int64_t end) {
    const Workspace<T> band_scratch(scratch_size);
    const Workspace<int64_t> offsets(outputs * g.taps());
    const Workspace<T> scratch(PackedColumns<T>::size(kGroupColumns<T>));
    const Workspace<T> pixels(whole ? 0 : inputs * bands.size * grid_w);
    for (int64_t task = begin; task < end; ++task) {
      const int64_t n = task / bands.count / g.groups, group = task / bands.count % g.groups;
      const int64_t first = task % bands.count * bands.size, rows = std::min(bands.size, grid_h - first);
      const T* image = dy + (n * g.O + group * outputs) * OH * OW;
      T* out = dx + (n * g.C + group * inputs) * g.H * g.W;
      const Band<T> band = make_band(image, outputs, OH, OW, window(first, rows), 1, band_scratch.data());
      for (int64_t phase = 0; phase < phases; ++phase) {
        const int64_t row = phase / g.stride_w, column = phase % g.stride_w;
        const int64_t phase_rows = std::min(rows, (g.H - row + g.stride_h - 1) / g.stride_h - first);
        const int64_t phase_columns = (g.W - column + g.stride_w - 1) / g.stride_w;
        const int64_t count = first_tap[phase + 1] - first_tap[phase];
        if (phase_rows <= 0 || phase_columns <= 0) {
          continue;
        }
        int64_t* offset = offsets.data();
        for (int64_t o = 0; o < outputs; ++o) {
          for (int64_t t = first_tap[phase]; t < first_tap[phase + 1]; ++t) {
            *offset++ = band.offset(o, taps[t].shift_h - shift_h.low, taps[t].shift_w - shift_w.low);
          }
        }
        T* c = whole ? out + first * g.W : pixels.data();
        const int64_t ldc = whole ? g.H * g.W : phase_rows * phase_columns;
        if (count == 0) {
          for (int64_t m = 0; m < inputs; ++m) {
            std::fill_n(c + m * ldc, phase_rows * phase_columns, b ? b[group * inputs + m] : T(0));
          }
        } else {
          const BandColumns<T> columns{band.data, offsets.data(), band.row, phase_rows, phase_columns};
          multiply_band(PackedRows<T>(packed_at(group, phase), inputs, outputs * count), columns, c, ldc,
                        Epilogue<T>(b ? b + group * inputs : nullptr), scratch.data());
        }
        for (int64_t m = 0; !whole && m < inputs; ++m) {
          for (int64_t i = 0; i < phase_rows; ++i) {
            const T* from = c + m * ldc + i * phase_columns;
            T* to = out + (m * g.H + (first + i) * g.stride_h + row) * g.W + column;
            for (int64_t j = 0; j < phase_columns; ++j) {
              to[j * g.stride_w] = from[j];
            }
          }
        }
      }
    }
  });
}

#define HELDER_INSTANTIATE(T)                                                               \
  template void forward(const Conv2dGeometry&, const T*, const T*, const Epilogue<T>&, T*); \
  template void backward_input(const Conv2dGeometry&, const T*, const T*, T*, const T*);
HELDER_INSTANTIATE(float)
HELDER_INSTANTIATE(double)
#undef HELDER_INSTANTIATE

}  // namespace helder::kernels::implicit
