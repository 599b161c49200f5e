#include "kernels/conv2d/winograd/winograd.h"

#include "kernels/conv2d/winograd/weights.h"

namespace helder::kernels::winograd {
namespace {

// Two orders of the same work. Both keep what is used again in level 2 (2 MiB here).
//
// By tiles: U is made once. A task takes a block of tiles from x to y, one panel of outputs after the other;
// V and M of the block stay in level 2, and U as well while it is small.
//
// By outputs: V of up to kChunkTiles tiles is made by all threads. A task makes U of a panel of outputs, a
// slice of inputs at a time, uses it at once for all these tiles, and forgets it. This is for deep layers,
// where U is larger than the picture (37 MiB for 512 x 512 channels), and for single pictures, which use each
// number of U only a few times.
constexpr int64_t kBlockNumbers = int64_t{1} << 18;  // of V in a block: 1 MiB
constexpr int64_t kBlockTiles = 64;
constexpr int64_t kChunkTiles = 128;
constexpr int64_t kChunkNumbers = int64_t{1} << 22;  // of V in a chunk: 16 MiB
constexpr int64_t kSliceInputs = 64;

void convolve_by_tiles(const Shape& s, const float* x, const Weights& w, const Epilogue<float>& epilogue,
                       float* y) {
  const OutputPanels panels(s.O);
  const auto panel_at = [&](float* u, int64_t p) {
    return WeightPanel(u + kFrequencies * (s.C * panels.begin(p) + p * kLanes), s.C, panels.width(p));
  };
  const Workspace<float> u(kFrequencies * (s.C * panels.vectors + panels.count) * kLanes);
  const EvenParts slices = even_parts(s.C, kSliceInputs);
  parallel_for(panels.count * slices.count, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t p = i / slices.count, c = slices.begin(i % slices.count);
      transform_weights(w, panels.begin(p), panels.end(p), c, slices.begin(i % slices.count + 1),
                        panel_at(u.data(), p), c);
    }
  });

  const int64_t most = std::clamp<int64_t>(kBlockNumbers / (kFrequencies * s.C), 8, kBlockTiles);
  const EvenParts columns{s.tile_columns(), (s.tile_columns() + most - 1) / most};
  const EvenParts rows = even_parts(s.N * s.tile_rows(), std::max<int64_t>(1, most / columns.longest()));
  parallel_for(rows.count * columns.count, 1, [&](int64_t begin, int64_t end) {
    const Block largest{0, rows.longest(), 0, columns.longest()};
    const Workspace<float> v_numbers(Frequencies::size(largest.tiles(), s.C));
    const Workspace<float> m_numbers(Frequencies::size(largest.tiles(), kTileColumns<float>));
    const Workspace<float> scratch(tile_scratch(largest));
    for (int64_t i = begin; i < end; ++i) {
      const int64_t row = rows.begin(i / columns.count), column = columns.begin(i % columns.count);
      const Block block{row, rows.begin(i / columns.count + 1) - row, column,
                        columns.begin(i % columns.count + 1) - column};
      const Frequencies v = Frequencies::in(v_numbers.data(), block.tiles(), s.C);
      load_tiles<InputTransform>(s, x, block, 0, s.C, v, scratch.data());
      for (int64_t p = 0; p < panels.count; ++p) {
        const Frequencies m = Frequencies::in(m_numbers.data(), block.tiles(), panels.width(p));
        multiply(v, 0, panel_at(u.data(), p), block.tiles(), m, false);
        store_tiles(s, m, block, panels.begin(p), panels.end(p), epilogue, y, scratch.data());
      }
    }
  });
}

void convolve_by_outputs(const Shape& s, const float* x, const Weights& w, const Epilogue<float>& epilogue,
                         float* y) {
  const OutputPanels panels(s.O);
  const Split slices(s.C, kSliceInputs, kLanes);
  const int64_t most = std::clamp<int64_t>(kChunkNumbers / (kFrequencies * s.C), 16, kChunkTiles);
  const EvenParts columns{s.tile_columns(), (s.tile_columns() + most - 1) / most};
  const int64_t all_rows = s.N * s.tile_rows(), most_rows = std::max<int64_t>(1, most / columns.longest());
  const EvenParts rows{all_rows, (all_rows + most_rows - 1) / most_rows};
  const int64_t slice_size = Frequencies::size(rows.longest() * columns.longest(), slices.size);
  const Workspace<float> v_numbers(slices.count * slice_size);
  for (int64_t i = 0; i < rows.count * columns.count; ++i) {
    const int64_t row = rows.begin(i / columns.count), column = columns.begin(i % columns.count);
    const Block block{row, rows.begin(i / columns.count + 1) - row, column,
                      columns.begin(i % columns.count + 1) - column};
    // A slice's V lies together, so that a task reads it from front to back.
    const auto v_of = [&](int64_t slice) {
      return Frequencies::in(v_numbers.data() + slice * slice_size, block.tiles(), slices.size);
    };
    parallel_for((s.C + kLanes - 1) / kLanes, 1, [&](int64_t begin, int64_t end) {
      const Workspace<float> scratch(tile_scratch(block));
      for (int64_t c = begin * kLanes; c < std::min(s.C, end * kLanes); c += kLanes) {
        load_tiles<InputTransform>(s, x, block, c, std::min(s.C, c + kLanes),
                                   v_of(c / slices.size).from_channel(c % slices.size), scratch.data());
      }
    });
    parallel_for(panels.count, 1, [&](int64_t begin, int64_t end) {
      const Workspace<float> u(WeightPanel::size(slices.size, kTileColumns<float>));
      const Workspace<float> m_numbers(Frequencies::size(block.tiles(), kTileColumns<float>));
      const Workspace<float> scratch(tile_scratch(block));
      for (int64_t p = begin; p < end; ++p) {
        const Frequencies m = Frequencies::in(m_numbers.data(), block.tiles(), panels.width(p));
        for (int64_t slice = 0; slice < slices.count; ++slice) {
          const int64_t c = slice * slices.size, c_end = std::min(s.C, c + slices.size);
          const WeightPanel panel(u.data(), c_end - c, panels.width(p));
          transform_weights(w, panels.begin(p), panels.end(p), c, c_end, panel, 0);
          multiply(v_of(slice), 0, panel, block.tiles(), m, slice > 0);
        }
        store_tiles(s, m, block, panels.begin(p), panels.end(p), epilogue, y, scratch.data());
      }
    });
  }
}

void convolve(const Shape& s, const float* x, const Weights& w, const Epilogue<float>& epilogue, float* y) {
  if (s.N == 0) {
    return;
  }
  if (s.tiles() <= kChunkTiles || s.C * s.O > 128 * 128) {
    convolve_by_outputs(s, x, w, epilogue, y);
  } else {
    convolve_by_tiles(s, x, w, epilogue, y);
  }
}

}  // namespace

bool applies(const Conv2dGeometry& g) {
  return g.KH == 3 && g.KW == 3 && g.stride_h == 1 && g.stride_w == 1 && g.dilation_h == 1 &&
         g.dilation_w == 1 && g.groups == 1;
}

void forward(const Conv2dGeometry& g, const float* x, const float* w, const Epilogue<float>& epilogue,
             float* y) {
  convolve({g.N, g.C, g.H, g.W, g.O, g.OH(), g.OW(), g.padding_h, g.padding_w}, x, {w, g.C * 9, 9, false},
           epilogue, y);
}

void backward_input(const Conv2dGeometry& g, const float* w, const float* dy, float* dx, const float* b) {
  convolve({g.N, g.O, g.OH(), g.OW(), g.C, g.H, g.W, 2 - g.padding_h, 2 - g.padding_w}, dy,
           {w, 9, g.C * 9, true}, b, dx);
}

}  // namespace helder::kernels::winograd
