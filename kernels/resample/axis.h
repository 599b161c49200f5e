#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace helder::kernels {

/// How one axis of an image is resampled: `out` numbers from `in`, each a weighted sum of a few neighbours,
///
///   y[o] = sum over t < taps of  weights[t, o] x[first[o] + t]
///
/// A matrix [out, in] whose rows are short runs, as wide as the widest; where a run needs fewer taps, or
/// where it would leave the axis, weights are 0 and first[o] is such that first[o] + taps <= in. Weights lie
/// tap by tap, so that the inner loop goes along the outputs.
template <class T>
struct ResampleAxis {
  int64_t in, out, taps;
  std::vector<int32_t> first;  // [out]
  std::vector<T> weights;      // [taps, out]

  ResampleAxis(int64_t in, int64_t out, int64_t taps);

  /// Adds `weight` to what output o takes from input i, which has to be within o's taps.
  void add(int64_t o, int64_t i, T weight) {
    weights[static_cast<size_t>((i - first_of(o)) * out + o)] += weight;
  }
  int64_t first_of(int64_t o) const { return first[static_cast<size_t>(o)]; }
  /// The start of the run that holds input i, or as close to it as the ends allow.
  void set_first(int64_t o, int64_t i);

  /// The matrix [in, out]: how gradients travel.
  ResampleAxis transposed() const;
};

enum class Filter { Nearest, NearestExact, Linear, Cubic };

/// The map from output to input places.
struct AxisMap {
  int64_t in = 0, out = 0;
  double scale = 0;  ///< out / in, where the user gave one (the sizes are only rounded from it); or 0
  bool align_corners = false;  ///< the centres of the first and of the last pixels coincide
};

/// The axis of PyTorch's `interpolate`. With s = in / out (or 1 / scale), pixel o's centre lies at
///
///   (o + 1/2) s - 1/2     half-pixel centres: the edges of the two images coincide
///   o (in - 1) / (out - 1)      align_corners
///
/// in the input, and the filter takes the neighbours of that place: Linear two, 1 - |d| each; Cubic four, by
/// the cubic convolution of Keys (IEEE ASSP 29, 1981) with a = -3/4; NearestExact the nearest; Nearest the
/// one at o s rounded down, half a pixel off, as it always was. Pixels beyond the border repeat it.
///
/// With `antialias` the filter is stretched by s where s > 1, so that it sees all pixels that an output
/// stands for; weights are divided by their sum, and a = -1/2, as in Pillow. Places are computed in T.
///
/// As in PyTorch, an axis whose size the scale leaves alone is copied (3 pixels times 1.3 are the same 3; not
/// so for Cubic without antialias, nor NearestExact), and Nearest to exactly twice the size repeats each
/// pixel.
template <class T>
ResampleAxis<T> interpolation_axis(Filter filter, AxisMap map, bool antialias);

}  // namespace helder::kernels
