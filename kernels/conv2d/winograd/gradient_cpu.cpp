#include "kernels/conv2d/winograd/weights.h"
#include "kernels/conv2d/winograd/winograd.h"

// The weight's gradient is forward's transpose in the weights, each step by itself:
//
//   forward    U = G g G^T     M[f] = V[f] U[f]         y = A^T M A
//   backward   D = A dy A^T    dU[f] = V[f]^T D[f]      dg = G^T dU G
//
// Here dU[f] [outputs, inputs] = D[f]^T [outputs, tiles]  V[f] [tiles, inputs].

namespace helder::kernels::winograd {
namespace {

// Up to so many numbers of dU (2 MiB), each task has a dU of its own, which stays in level 2 together with V
// and D of kPartTiles tiles; there are kParts tasks, whose sums are added in their order. Above, all threads
// share the panels of one dU, and V and D of many tiles.
constexpr int64_t kPartNumbers = int64_t{1} << 18;
constexpr int64_t kParts = 8;
constexpr int64_t kPartTiles = 48;
constexpr int64_t kSharedNumbers = int64_t{1} << 23;  // of V and D: 32 MiB
// Tiles that are summed before dU is visited: 128 x 48 floats of V are half of level 1.
constexpr int64_t kSumTiles = 128;

// Where V, D and dU lie: V and dU [tiles or outputs, inputs] in panels of inputs, D [tiles, outputs] in
// groups of kLanes outputs.
struct Layout {
  OutputPanels panels;  // of the inputs, which are the outputs of this product
  int64_t outputs, groups;

  explicit Layout(const Shape& s) : panels(s.C), outputs(s.O), groups((s.O + kLanes - 1) / kLanes) {}

  int64_t panels_size(int64_t rows) const {
    return kFrequencies * (panels.vectors * rows + panels.count) * kLanes;
  }
  Frequencies panel(float* numbers, int64_t p, int64_t rows) const {
    return Frequencies::in(numbers + kFrequencies * (panels.begin(p) * rows + p * kLanes), rows,
                           panels.width(p));
  }
  int64_t groups_size(int64_t tiles) const { return groups * Frequencies::size(tiles, kLanes); }
  Frequencies group(float* numbers, int64_t g, int64_t tiles) const {
    return Frequencies::in(numbers + g * Frequencies::size(tiles, kLanes), tiles, kLanes);
  }
};

// u[f] (+)= d[f]^T v[f], for one panel of inputs.
void multiply_gradients(const Layout& layout, float* d, const Frequencies& v, int64_t tiles, int64_t width,
                        const Frequencies& u, bool add) {
  const Split sums_of(tiles, kSumTiles, 1);
  const Split rows(kLanes, kTileRows, 1);  // of a group: none reaches into the next
  for (int64_t f = 0; f < kFrequencies; ++f) {
    for (int64_t t = 0; t < tiles; t += sums_of.size) {
      const int64_t count = std::min(sums_of.size, tiles - t);
      for (int64_t o = 0; o < layout.outputs; o += rows.size) {
        const float* a = layout.group(d, o / kLanes, tiles).at(f, t, o % kLanes);
        const TileOutput<float> tile{u.at(f, o, 0), u.tile, width,
                                     add || t > 0 ? Start<float>::from_output() : Start<float>{}};
        with_tile_size(std::min(rows.size, layout.outputs - o), width / kLanes, [&]<int Rows, int Vectors>() {
          compute_tile<float, Rows, Vectors>(
              tile, [&](auto& sums) __attribute__((always_inline)) {
                multiply_add<float, Rows, Vectors, false>(
                    sums, count, [a](int r, int64_t k) { return a[k * kLanes + r]; },
                    [b = v.at(f, t, 0)](int64_t k) { return b + k * Vectors * kLanes; });
              });
        });
      }
    }
  }
}

// u = the sum over the tiles of tile rows [row, row_end). Its loops run on all threads, unless they are
// called from a task already.
void add_tiles(const Shape& s, const Layout& layout, const float* x, const float* dy, int64_t row,
               int64_t row_end, int64_t most_tiles, float* u) {
  const EvenParts columns{s.tile_columns(), (s.tile_columns() + most_tiles - 1) / most_tiles};
  const int64_t most_rows = std::max<int64_t>(1, most_tiles / columns.longest());
  const EvenParts rows{row_end - row, (row_end - row + most_rows - 1) / most_rows};
  const int64_t most = rows.longest() * columns.longest();
  const Workspace<float> v(layout.panels_size(most)), d(layout.groups_size(most));
  for (int64_t i = 0; i < rows.count * columns.count; ++i) {
    const int64_t r = i / columns.count, c = i % columns.count;
    const Block block{row + rows.begin(r), rows.begin(r + 1) - rows.begin(r), columns.begin(c),
                      columns.begin(c + 1) - columns.begin(c)};
    const int64_t tiles = block.tiles();
    parallel_for(layout.panels.count + layout.groups, 1, [&](int64_t begin, int64_t end) {
      const Workspace<float> scratch(tile_scratch(block));
      for (int64_t task = begin; task < end; ++task) {
        if (task < layout.panels.count) {
          load_tiles<InputTransform>(s, x, block, layout.panels.begin(task), layout.panels.end(task),
                                     layout.panel(v.data(), task, tiles), scratch.data());
        } else {
          const int64_t group = task - layout.panels.count, o = group * kLanes;
          load_tiles<OutputGradientTransform>(s, dy, block, o, std::min(s.O, o + kLanes),
                                              layout.group(d.data(), group, tiles), scratch.data());
        }
      }
    });
    parallel_for(layout.panels.count, 1, [&](int64_t begin, int64_t end) {
      for (int64_t p = begin; p < end; ++p) {
        multiply_gradients(layout, d.data(), layout.panel(v.data(), p, tiles), tiles, layout.panels.width(p),
                           layout.panel(u, p, s.O), i > 0);
      }
    });
  }
}

// dw [O, C, 3, 3] = G^T u G, for inputs [c, c + count) of output o, at `u` and, for `parts` summands, `part`
// numbers apart.
void store_gradient(const float* u, int64_t frequency, int64_t parts, int64_t part, int64_t count,
                    float* dw) {
  Vec taps[9];
  transform_square<WeightGradientTransform>(
      [&](int p, int q) __attribute__((always_inline)) {
        const float* from = u + (p * kPatch + q) * frequency;
        Vec sum = simd::load(from);
        for (int64_t i = 1; i < parts; ++i) {
          sum += simd::load(from + i * part);
        }
        return sum;
      },
      [&](int p, int q, Vec g) __attribute__((always_inline)) { taps[p * 3 + q] = g; });
  store_taps(taps, count, dw);
}

}  // namespace

void backward_weight(const Conv2dGeometry& g, const float* x, const float* dy, float* dw) {
  if (g.N == 0) {
    std::fill_n(dw, g.O * g.C * 9, 0.0f);
    return;
  }
  const Shape s{g.N, g.C, g.H, g.W, g.O, g.OH(), g.OW(), g.padding_h, g.padding_w};
  const Layout layout(s);
  const int64_t size = layout.panels_size(s.O), rows = s.N * s.tile_rows();
  const bool shared = size > kPartNumbers;
  const EvenParts parts{rows, shared ? 1 : std::min(rows, kParts)};
  const int64_t most =
      shared ? std::max(kSumTiles, kSharedNumbers / (kFrequencies * (s.C + s.O))) : kPartTiles;
  const Workspace<float> u(parts.count * size);
  parallel_for(parts.count, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      add_tiles(s, layout, x, dy, parts.begin(i), parts.begin(i + 1), most, u.data() + i * size);
    }
  });
  parallel_for(s.O, std::max<int64_t>(1, 256 / s.C), [&](int64_t begin, int64_t end) {
    for (int64_t o = begin; o < end; ++o) {
      for (int64_t p = 0; p < layout.panels.count; ++p) {
        const Frequencies panel = layout.panel(u.data(), p, s.O);
        for (int64_t c = layout.panels.begin(p); c < layout.panels.end(p); c += kLanes) {
          store_gradient(panel.at(0, o, c - layout.panels.begin(p)), panel.frequency, parts.count, size,
                         std::min<int64_t>(kLanes, s.C - c), dw + (o * s.C + c) * 9);
        }
      }
    }
  });
}

}  // namespace helder::kernels::winograd
