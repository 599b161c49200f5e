#pragma once

#include <cstdint>

#include "kernels/simd.h"

/// Winograd's convolution F(4 x 4, 3 x 3): 16 outputs of a 3 x 3 kernel with 36 multiplications instead of
/// 144.
///
/// In one dimension, four outputs y[i] = sum over p of g[p] d[i+p] of six inputs d and three weights g are
/// the middle of a product of polynomials. A product of degree 5 is known from its values at six points, and
/// values are multiplied one by one (Toom and Cook). Read backwards (the transposed algorithm has as many
/// multiplications) this says
///
///   y = A^T ( (G g) * (B^T d) )            * element by element, six products instead of twelve
///
/// With the points a = 0, 1, -1, 1/2, -2 and infinity, M(x) = the product of all (x - a), and
/// N_j = the product of the other (a_j - a_i):
///
///   G[j]   = 1/N_j (1, a_j, a_j^2)           the kernel's polynomial at a_j; for infinity (0, 0, 1)
///
///   B^T[j] = coefficients of M(x) / (x - a_j)    for infinity, of M(x)
///
///   A[j]   = (1, a_j, a_j^2, a_j^3)          for infinity (0, 0, 0, 1)
///
/// In two dimensions both act on rows, then on columns:  Y = A^T ( (G g G^T) * (B^T d B) ) A, 36 products.
/// Summed over input channels, product number f ("frequency" f) of all tiles and channels is a matrix
/// product.
///
/// The transforms add numbers of different sizes that later cancel, so rounding errors are larger than those
/// of the direct sum: 2.7 times with these points, 4 times with the points 0, 1, -1, 2, -2 (64 channels of
/// normal random numbers: 1.2e-6 and 1.8e-6 of the results' size, against 4.3e-7).
///
/// Sources: A. Lavin, S. Gray, Fast Algorithms for Convolutional Neural Networks, 2016 (arXiv:1509.09308);
/// B. Barabasz, A. Anderson, K. Soodhalter, D. Gregg, Error Analysis and Improving the Accuracy of Winograd
/// Convolution for Deep Neural Networks, 2020 (arXiv:1803.10986), for the points.
namespace helder::kernels::winograd {

inline constexpr int kTile = 4;           // outputs of a tile, each way
inline constexpr int kPatch = kTile + 2;  // inputs that they see
inline constexpr int kFrequencies = kPatch * kPatch;

using Vec = simd::Vec<float>;
inline constexpr int kLanes = simd::kLanes<float>;

/// out = B^T d, a patch of the picture. The rows of B^T:
///
///   1  -3/2   -2  3/2    1  0
///   0    -1  1/2  5/2    1  0
///   0     1 -5/2  1/2    1  0
///   0    -2   -1    2    1  0
///   0   1/2   -1 -1/2    1  0
///   0     1 -3/2   -2  3/2  1
struct InputTransform {
  static constexpr int kFrom = kPatch, kTo = kPatch;

  static HELDER_INLINE void apply(const Vec (&d)[kFrom], Vec (&out)[kTo]) {
    const Vec s = d[3] - d[1], t = d[4] - d[2];
    out[0] = (d[0] - d[2] + t) + 1.5f * s;
    out[1] = (t + s) + 1.5f * (d[2] + d[3]);
    out[2] = (t - s) + 1.5f * (d[3] - d[2]);
    out[3] = t + 2.0f * s;
    out[4] = t - 0.5f * s;
    out[5] = (d[5] - d[3] - s) + 1.5f * t;
  }
};

/// out = A^T m, four outputs from six products.
struct OutputTransform {
  static constexpr int kFrom = kPatch, kTo = kTile;

  static HELDER_INLINE void apply(const Vec (&m)[kFrom], Vec (&out)[kTo]) {
    const Vec even = m[1] + m[2], odd = m[1] - m[2];
    out[0] = (m[0] + even) + (m[3] + m[4]);
    out[1] = odd + 0.5f * m[3] - 2.0f * m[4];
    out[2] = even + 0.25f * m[3] + 4.0f * m[4];
    out[3] = (odd + m[5]) + 0.125f * m[3] - 8.0f * m[4];
  }
};

/// out = A y, the transpose of the above, for the gradient.
struct OutputGradientTransform {
  static constexpr int kFrom = kTile, kTo = kPatch;

  static HELDER_INLINE void apply(const Vec (&y)[kFrom], Vec (&out)[kTo]) {
    const Vec even = y[0] + y[2], odd = y[1] + y[3];
    out[0] = y[0];
    out[1] = even + odd;
    out[2] = even - odd;
    out[3] = (y[0] + 0.25f * y[2]) + (0.5f * y[1] + 0.125f * y[3]);
    out[4] = (y[0] + 4.0f * y[2]) - (2.0f * y[1] + 8.0f * y[3]);
    out[5] = y[3];
  }
};

/// out = G g. 1/N_j is 1, 1/3, -1/3, -16/15, 1/15, 1.
struct WeightTransform {
  static constexpr int kFrom = 3, kTo = kPatch;

  static HELDER_INLINE void apply(const Vec (&g)[kFrom], Vec (&out)[kTo]) {
    const Vec even = g[0] + g[2];
    out[0] = g[0];
    out[1] = (1 / 3.0f) * (even + g[1]);
    out[2] = (-1 / 3.0f) * (even - g[1]);
    out[3] = (-16 / 15.0f) * (g[0] + 0.5f * g[1] + 0.25f * g[2]);
    out[4] = (1 / 15.0f) * (g[0] - 2.0f * g[1] + 4.0f * g[2]);
    out[5] = g[2];
  }
};

/// out = G^T u, the transpose of the above, for the gradient.
struct WeightGradientTransform {
  static constexpr int kFrom = kPatch, kTo = 3;

  static HELDER_INLINE void apply(const Vec (&u)[kFrom], Vec (&out)[kTo]) {
    const Vec one = (1 / 3.0f) * u[1], minus = (-1 / 3.0f) * u[2];
    const Vec half = (-16 / 15.0f) * u[3], two = (1 / 15.0f) * u[4];
    out[0] = (u[0] + half) + (one + minus) + two;
    out[1] = (one - minus) + 0.5f * half - 2.0f * two;
    out[2] = (u[5] + one + minus) + 0.25f * half + 4.0f * two;
  }
};

/// Transform X T^T of a square X of vectors (each lane a channel of its own): along columns, then along rows.
/// load(i, j) gives X[i][j], store(i, j, v) takes the result.
template <class Transform, class Load, class Store>
HELDER_INLINE void transform_square(const Load& load, const Store& store) {
  constexpr int from = Transform::kFrom, to = Transform::kTo;
  Vec half[to][from];
#pragma GCC unroll 8
  for (int j = 0; j < from; ++j) {
    Vec column[from], out[to];
#pragma GCC unroll 8
    for (int i = 0; i < from; ++i) {
      column[i] = load(i, j);
    }
    Transform::apply(column, out);
#pragma GCC unroll 8
    for (int i = 0; i < to; ++i) {
      half[i][j] = out[i];
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < to; ++i) {
    Vec out[to];
    Transform::apply(half[i], out);
#pragma GCC unroll 8
    for (int j = 0; j < to; ++j) {
      store(i, j, out[j]);
    }
  }
}

}  // namespace helder::kernels::winograd
