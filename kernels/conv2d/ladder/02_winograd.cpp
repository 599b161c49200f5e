#include "kernels/conv2d/ladder/ladder.h"

namespace helder::kernels::ladder {
namespace {

// Winograd's F(4, 3) with the points 0, 1, -1, 1/2, -2 and infinity: y = A^T ((G g) * (B^T d)).
// kernels/conv2d/winograd/transforms.h derives the matrices, docs/conv2d.md walks through a smaller case.
constexpr double kInput[6][6] = {{1, -1.5, -2, 1.5, 1, 0},  // B^T
                                 {0, -1, 0.5, 2.5, 1, 0},  {0, 1, -2.5, 0.5, 1, 0}, {0, -2, -1, 2, 1, 0},
                                 {0, 0.5, -1, -0.5, 1, 0}, {0, 1, -1.5, -2, 1.5, 1}};
constexpr double kWeight[6][3] = {{1, 0, 0},  // G
                                  {1 / 3., 1 / 3., 1 / 3.},
                                  {-1 / 3., 1 / 3., -1 / 3.},
                                  {-16 / 15., -8 / 15., -4 / 15.},
                                  {1 / 15., -2 / 15., 4 / 15.},
                                  {0, 0, 1}};
constexpr double kOutput[4][6] = {{1, 1, 1, 1, 1, 0},  // A^T
                                  {0, 1, -1, 0.5, -2, 0},
                                  {0, 1, 1, 0.25, 4, 0},
                                  {0, 1, -1, 0.125, -8, 1}};

// out [To, To] = m in m^T, in [From, From].
template <class T, int To, int From>
void both_ways(const double (&m)[To][From], const T (&in)[From][From], T (&out)[To][To]) {
  T half[To][From] = {};
  for (int i = 0; i < To; ++i) {
    for (int k = 0; k < From; ++k) {
      for (int j = 0; j < From; ++j) {
        half[i][j] += static_cast<T>(m[i][k]) * in[k][j];
      }
    }
  }
  for (int i = 0; i < To; ++i) {
    for (int j = 0; j < To; ++j) {
      out[i][j] = 0;
      for (int k = 0; k < From; ++k) {
        out[i][j] += half[i][k] * static_cast<T>(m[j][k]);
      }
    }
  }
}

}  // namespace

// For each tile of 4 x 4 outputs: the 6 x 6 products of transformed patch and transformed kernel are summed
// over the channels, and the sum is transformed back, once.
template <class T>
void conv2d_winograd(const Conv2dGeometry& g, const T* x, const T* w, const T* b, T* y) {
  const int64_t OH = g.OH(), OW = g.OW();
  for (int64_t n = 0; n < g.N; ++n) {
    for (int64_t o = 0; o < g.O; ++o) {
      for (int64_t top = 0; top < OH; top += 4) {
        for (int64_t left = 0; left < OW; left += 4) {
          T sums[6][6] = {};
          for (int64_t c = 0; c < g.C; ++c) {
            T kernel[3][3], patch[6][6], transformed_kernel[6][6], transformed_patch[6][6];
            for (int64_t p = 0; p < 3; ++p) {
              for (int64_t q = 0; q < 3; ++q) {
                kernel[p][q] = w[((o * g.C + c) * 3 + p) * 3 + q];
              }
            }
            for (int64_t i = 0; i < 6; ++i) {
              for (int64_t j = 0; j < 6; ++j) {
                const int64_t h = top + i - g.padding_h, v = left + j - g.padding_w;
                const bool inside = h >= 0 && h < g.H && v >= 0 && v < g.W;
                patch[i][j] = inside ? x[((n * g.C + c) * g.H + h) * g.W + v] : T(0);
              }
            }
            both_ways(kWeight, kernel, transformed_kernel);
            both_ways(kInput, patch, transformed_patch);
            for (int i = 0; i < 6; ++i) {
              for (int j = 0; j < 6; ++j) {
                sums[i][j] += transformed_kernel[i][j] * transformed_patch[i][j];
              }
            }
          }
          T tile[4][4];
          both_ways(kOutput, sums, tile);
          for (int64_t i = 0; i < 4 && top + i < OH; ++i) {
            for (int64_t j = 0; j < 4 && left + j < OW; ++j) {
              y[((n * g.O + o) * OH + top + i) * OW + left + j] = tile[i][j] + (b ? b[o] : T(0));
            }
          }
        }
      }
    }
  }
}

template void conv2d_winograd(const Conv2dGeometry&, const float*, const float*, const float*, float*);
template void conv2d_winograd(const Conv2dGeometry&, const double*, const double*, const double*, double*);

}  // namespace helder::kernels::ladder
