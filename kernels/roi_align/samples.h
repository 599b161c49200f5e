#pragma once

#include <algorithm>
#include <cmath>

#include "kernels/roi_align/roi_align.h"

// Where the samples of a box lie. Private to this folder; constexpr for the GPU.
namespace helder::kernels {

/// One axis of a box: `out` bins of `bin` pixels from `start`, each with `samples` samples.
template <class T>
struct Bins {
  T start, bin;
  int64_t out, samples;

  constexpr Bins(T low, T high, int64_t out_, const RoiAlignGeometry& g)
      : start(0), bin(0), out(out_), samples(0) {
    const T scale = static_cast<T>(g.spatial_scale), shift = g.aligned ? T(0.5) : T(0);
    start = low * scale - shift;
    const T length = high * scale - shift - start;
    bin = (g.aligned ? length : std::max(length, T(1))) / static_cast<T>(out);
    samples = g.sampling_ratio > 0 ? g.sampling_ratio : static_cast<int64_t>(std::ceil(bin));
  }

  constexpr T sample(int64_t o, int64_t s) const {
    return start + static_cast<T>(o) * bin + (static_cast<T>(s) + T(0.5)) * bin / static_cast<T>(samples);
  }
};

/// Calls body(pixel, weight) for the pixels between which a sample lies. Outside [-1, size] there is nothing;
/// within, the border repeats.
template <class T, class Body>
constexpr void for_each_tap(T place, int64_t size, const Body& body) {
  if (!(place >= -1 && place <= static_cast<T>(size))) {
    return;
  }
  place = std::max(place, T(0));
  const int64_t i = static_cast<int64_t>(place);
  if (i >= size - 1) {
    return body(size - 1, T(1));
  }
  const T beyond = place - static_cast<T>(i);
  body(i, 1 - beyond);
  body(i + 1, beyond);
}

}  // namespace helder::kernels
