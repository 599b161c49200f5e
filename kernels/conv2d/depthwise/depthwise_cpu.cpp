#include "kernels/conv2d/depthwise/depthwise.h"

#include "kernels/conv2d/even_parts.h"
#include "kernels/conv2d/implicit/band.h"
#include "kernels/epilogue_simd.h"
#include "tensor/workspace.h"

namespace helder::kernels::depthwise {
namespace {

// A tile of kRows output rows by kVectors vectors: 16 sums of 32 registers, or 8 of 16.
constexpr int kRows = 4;
constexpr int kVectors = simd::kVectorRegisters / 8;

// Multiply-adds that are worth handing to a thread.
constexpr int64_t kGrain = 1 << 16;

int64_t grain_of(int64_t multiply_adds) { return std::max<int64_t>(1, kGrain / (multiply_adds + 1)); }

// A row of vectors whose last has `last` lanes.
template <class T, int Vectors>
HELDER_INLINE void load_row(const T* p, int64_t last, simd::Vec<T> (&v)[Vectors]) {
#pragma GCC unroll 8
  for (int i = 0; i < Vectors; ++i) {
    v[i] = i == Vectors - 1 ? simd::load_partial(p + i * simd::kLanes<T>, last)
                            : simd::load(p + i * simd::kLanes<T>);
  }
}

// out[i][j] = end of the sum over p, q in [0, K) of w[p K + q] x[i S + p][j S + q]. Row r of the input is
// loaded once for each q, and added to every output row i that sees it: p = r - i S.
template <class T, int K, int S, int Rows, int Vectors>
void forward_tile(const Band<T>& band, const T* x, const T* w, const Epilogue<T>& end, T* out, int64_t ldo,
                  int64_t last) {
  simd::Vec<T> sums[Rows][Vectors];
#pragma GCC unroll 8
  for (int i = 0; i < Rows; ++i) {
#pragma GCC unroll 8
    for (int j = 0; j < Vectors; ++j) {
      sums[i][j] = simd::Vec<T>{};
    }
  }
  for (int q = 0; q < K; ++q) {
    const T* column = x + q % S * band.phase + q / S;
#pragma GCC unroll 16
    for (int r = 0; r < (Rows - 1) * S + K; ++r) {
      simd::Vec<T> v[Vectors];
      load_row<T, Vectors>(column + r * band.row, last, v);
#pragma GCC unroll 8
      for (int i = 0; i < Rows; ++i) {
        if (const int p = r - i * S; p >= 0 && p < K) {
          const simd::Vec<T> weight = simd::broadcast(w[p * K + q]);
#pragma GCC unroll 8
          for (int j = 0; j < Vectors; ++j) {
            sums[i][j] = weight * v[j] + sums[i][j];
          }
        }
      }
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < Rows; ++i) {
#pragma GCC unroll 8
    for (int j = 0; j < Vectors; ++j) {
      sums[i][j] = sums[i][j] * simd::broadcast(end.scale_of(0)) + simd::broadcast(end.shift_of(0));
      if (end.residual != nullptr) {
        const T* from = end.residual + i * ldo + j * simd::kLanes<T>;
        sums[i][j] += j == Vectors - 1 ? simd::load_partial(from, last) : simd::load(from);
      }
      sums[i][j] = limited(end, sums[i][j]);
      T* to = out + i * ldo + j * simd::kLanes<T>;
      if (j == Vectors - 1) {
        simd::store_partial(to, sums[i][j], last);
      } else {
        simd::store(to, sums[i][j]);
      }
    }
  }
}

// One plane of outputs. `band` begins at what output (0, 0) sees.
template <class T, int K, int S>
void forward_plane(const Band<T>& band, const T* w, const Epilogue<T>& end, T* out, int64_t rows,
                   int64_t columns) {
  using Tile = void (*)(const Band<T>&, const T*, const T*, const Epilogue<T>&, T*, int64_t, int64_t);
  static constexpr auto tiles = []<int... V>(std::integer_sequence<int, V...>) {
    return std::array<std::array<Tile, sizeof...(V)>, 2>{
        {{forward_tile<T, K, S, 1, V + 1>...}, {forward_tile<T, K, S, kRows, V + 1>...}}};
  }
  (std::make_integer_sequence<int, kVectors>());
  constexpr int lanes = simd::kLanes<T>;
  for (int64_t j = 0; j < columns; j += kVectors * lanes) {
    const int64_t width = std::min<int64_t>(kVectors * lanes, columns - j),
                  vectors = (width + lanes - 1) / lanes;
    for (int64_t i = 0; i < rows;) {
      const bool many = i + kRows <= rows;
      tiles[many][static_cast<size_t>(vectors - 1)](band, band.data + i * S * band.row + j, w,
                                                    end.from(0, i * columns + j), out + i * columns + j,
                                                    columns, width - (vectors - 1) * lanes);
      i += many ? kRows : 1;
    }
  }
}

// sums[p][q] += dy[i][j] x[i S + p][j S + q] lane by lane, for Rows rows of dy, one vector of columns, and Q
// values of q from `first` on. What is in the lanes is added up at the end of the plane.
template <class T, int K, int S, int Q, int Rows>
HELDER_INLINE void weight_tile(const Band<T>& band, const T* x, int first, const T* dy, int64_t ldy,
                               int64_t count, simd::Vec<T> (&sums)[K][Q]) {
  simd::Vec<T> gradient[Rows];
#pragma GCC unroll 8
  for (int i = 0; i < Rows; ++i) {
    gradient[i] = simd::load_partial(dy + i * ldy, count);
  }
#pragma GCC unroll 8
  for (int q = 0; q < Q; ++q) {
    const T* column = x + (first + q) % S * band.phase + (first + q) / S;
#pragma GCC unroll 16
    for (int r = 0; r < (Rows - 1) * S + K; ++r) {
      const simd::Vec<T> v = simd::load_partial(column + r * band.row, count);
#pragma GCC unroll 8
      for (int i = 0; i < Rows; ++i) {
        if (const int p = r - i * S; p >= 0 && p < K) {
          sums[p][q] = gradient[i] * v + sums[p][q];
        }
      }
    }
  }
}

// total[p K + q] += the sum over one plane, for Q values of q.
template <class T, int K, int S, int Q>
void weight_columns(const Band<T>& band, int first, const T* dy, int64_t rows, int64_t columns,
                    double* total) {
  simd::Vec<T> sums[K][Q] = {};
  for (int64_t j = 0; j < columns; j += simd::kLanes<T>) {
    const int64_t count = std::min<int64_t>(simd::kLanes<T>, columns - j);
    int64_t i = 0;
    for (; i + kRows <= rows; i += kRows) {
      weight_tile<T, K, S, Q, kRows>(band, band.data + i * S * band.row + j, first, dy + i * columns + j,
                                     columns, count, sums);
    }
    for (; i < rows; ++i) {
      weight_tile<T, K, S, Q, 1>(band, band.data + i * S * band.row + j, first, dy + i * columns + j, columns,
                                 count, sums);
    }
  }
#pragma GCC unroll 8
  for (int p = 0; p < K; ++p) {
#pragma GCC unroll 8
    for (int q = 0; q < Q; ++q) {
      total[p * K + first + q] += static_cast<double>(simd::sum<T>(sums[p][q]));
    }
  }
}

// The gradient of one kernel from one plane: as many columns of it at a time as there are registers for.
template <class T, int K, int S>
void weight_plane(const Band<T>& band, const T* dy, int64_t rows, int64_t columns, double* total) {
  constexpr int at_once = K == 3 && simd::kVectorRegisters == 32 ? 3 : simd::kVectorRegisters == 32 ? 2 : 1;
  int q = 0;
  for (; q + at_once <= K; q += at_once) {
    weight_columns<T, K, S, at_once>(band, q, dy, rows, columns, total);
  }
  for (; q < K; ++q) {
    weight_columns<T, K, S, 1>(band, q, dy, rows, columns, total);
  }
}

Window window_of(const Conv2dGeometry& g) {
  return {-g.padding_h, (g.OH() - 1) * g.stride_h + g.KH, -g.padding_w, (g.OW() - 1) * g.stride_w + g.KW};
}

// Calls body.operator()<K, S>() for the sizes that `applies` allows.
template <class Body>
void with_kernel(int64_t size, int64_t stride, const Body& body) {
  const auto with_stride = [&]<int K>() {
    stride == 1 ? body.template operator()<K, 1>() : body.template operator()<K, 2>();
  };
  size == 3   ? with_stride.template operator()<3>()
  : size == 5 ? with_stride.template operator()<5>()
              : with_stride.template operator()<7>();
}

}  // namespace

bool applies(const Conv2dGeometry& g) {
  return g.group_inputs() == 1 && g.groups > 1 && g.KH == g.KW && (g.KH == 3 || g.KH == 5 || g.KH == 7) &&
         g.stride_h == g.stride_w && g.stride_h <= 2 && g.dilation_h == 1 && g.dilation_w == 1;
}

bool input_gradient_applies(const Conv2dGeometry& g) {
  return applies(g) && g.group_outputs() == 1 && g.stride_h == 1;
}

template <class T>
void forward(const Conv2dGeometry& g, const T* x, const T* w, const Epilogue<T>& end, T* y) {
  const int64_t OH = g.OH(), OW = g.OW();
  const Window window = window_of(g);
  with_kernel(g.KH, g.stride_h, [&]<int K, int S>() {
    const EvenParts tasks = even_parts(g.N * g.O, grain_of(OH * OW * K * K));
    parallel_for(tasks.count, 1, [&](int64_t task, int64_t) {
      const Workspace<T> scratch(window.size(1, S));
      for (int64_t plane = tasks.begin(task); plane < tasks.begin(task + 1); ++plane) {
        const int64_t n = plane / g.O, o = plane % g.O;
        const Band<T> band = make_band(x + (n * g.C + o / g.group_outputs()) * g.H * g.W, 1, g.H, g.W, window,
                                       S, scratch.data());
        forward_plane<T, K, S>(band, w + o * K * K, end.from(o, plane * OH * OW), y + plane * OH * OW, OH,
                               OW);
      }
    });
  });
}

// dx is the convolution of dy, padded with what is missing, by the kernel turned by half a circle.
template <class T>
void backward_input(const Conv2dGeometry& g, const T* w, const T* dy, T* dx, const T* b) {
  const Conv2dGeometry back{.N = g.N,
                            .C = g.C,
                            .H = g.OH(),
                            .W = g.OW(),
                            .O = g.C,
                            .KH = g.KH,
                            .KW = g.KW,
                            .padding_h = g.KH - 1 - g.padding_h,
                            .padding_w = g.KW - 1 - g.padding_w,
                            .groups = g.groups};
  const Workspace<T> turned(g.C * g.taps());
  for (int64_t c = 0; c < g.C; ++c) {
    std::reverse_copy(w + c * g.taps(), w + (c + 1) * g.taps(), turned.data() + c * g.taps());
  }
  forward(back, dy, turned.data(), Epilogue<T>(b), dx);
}

template <class T>
void backward_weight(const Conv2dGeometry& g, const T* x, const T* dy, T* dw) {
  const int64_t OH = g.OH(), OW = g.OW();
  const Window window = window_of(g);
  with_kernel(g.KH, g.stride_h, [&]<int K, int S>() {
    parallel_for(g.O, grain_of(g.N * OH * OW * K * K), [&](int64_t begin, int64_t end) {
      const Workspace<T> scratch(window.size(1, S));
      for (int64_t o = begin; o < end; ++o) {
        double total[K * K] = {};  // of images, so that a large batch loses nothing
        for (int64_t n = 0; n < g.N; ++n) {
          const Band<T> band = make_band(x + (n * g.C + o / g.group_outputs()) * g.H * g.W, 1, g.H, g.W,
                                         window, S, scratch.data());
          weight_plane<T, K, S>(band, dy + (n * g.O + o) * OH * OW, OH, OW, total);
        }
        for (int tap = 0; tap < K * K; ++tap) {
          dw[o * K * K + tap] = static_cast<T>(total[tap]);
        }
      }
    });
  });
}

#define HELDER_INSTANTIATE(T)                                                               \
  template void forward(const Conv2dGeometry&, const T*, const T*, const Epilogue<T>&, T*); \
  template void backward_input(const Conv2dGeometry&, const T*, const T*, T*, const T*);    \
  template void backward_weight(const Conv2dGeometry&, const T*, const T*, T*);
HELDER_INSTANTIATE(float)
HELDER_INSTANTIATE(double)
#undef HELDER_INSTANTIATE

}  // namespace helder::kernels::depthwise
