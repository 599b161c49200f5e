#pragma once

#include <algorithm>
#include <cmath>

#include "kernels/grid_sample/grid_sample.h"
#include "kernels/resample/cubic.h"

// Which pixels a grid's entry reads, with what weights. Private to this folder; constexpr for the GPU.
namespace helder::kernels {

/// The `Taps` pixels of one axis around a place, and the derivatives of their weights by the grid's number.
/// A tap beyond the image, where there are only zeros, has weight and slope 0 and some index within; but NaN,
/// if the place is not finite.
template <class T, int Taps>
struct AxisTaps {
  int64_t index[Taps];
  T weight[Taps];
  T slope[Taps];
};

/// A place in pixels, and its derivative by the grid's number.
template <class T>
struct Place {
  T value, slope;
};

template <class T>
constexpr Place<T> unnormalized(T number, int64_t size, bool align_corners) {
  const T n = static_cast<T>(size);
  return align_corners ? Place<T>{(number + 1) / 2 * (n - 1), (n - 1) / 2}
                       : Place<T>{((number + 1) * n - 1) / 2, n / 2};
}

/// Kept within the centres of the first and last pixels; there it no longer moves. NaN becomes 0.
template <class T>
constexpr Place<T> clipped(Place<T> place, int64_t size) {
  const T last = static_cast<T>(size - 1);
  if (!(place.value > 0)) {
    return {T(0), T(0)};
  }
  return place.value < last ? place : Place<T>{last, T(0)};
}

/// Mirrored at the edges of the image (align_corners: at the centres of its first and last pixels) as often
/// as it takes.
template <class T>
constexpr Place<T> reflected(Place<T> place, int64_t size, bool align_corners) {
  const T low = align_corners ? T(0) : T(-0.5);
  const T span = static_cast<T>(align_corners ? size - 1 : size);
  if (span == 0) {
    return {T(0), T(0)};
  }
  const T distance = std::abs(place.value - low);
  const bool odd = std::fmod(std::floor(distance / span), T(2)) != 0;
  const T rest = std::fmod(distance, span);
  const bool turned = (place.value < low) != odd;
  return {low + (odd ? span - rest : rest), turned ? -place.slope : place.slope};
}

template <class T>
constexpr Place<T> padded(Place<T> place, int64_t size, GridPadding padding, bool align_corners) {
  if (padding == GridPadding::Reflection) {
    return clipped(reflected(place, size, align_corners), size);
  }
  return padding == GridPadding::Border ? clipped(place, size) : place;
}

/// The place as it is, but near enough to the image for integers: beyond that there are zeros anyway.
template <class T>
constexpr T bounded(T value, int64_t size) {
  const T low = -4, high = static_cast<T>(size + 4);
  return value > low ? std::min(value, high) : low;
}

template <class T, int Taps>
constexpr void set_tap(AxisTaps<T, Taps>& taps, int t, int64_t index, int64_t size, T weight, T slope,
                       T beyond = 0) {
  const bool inside = index >= 0 && index < size;
  taps.index[t] = std::clamp<int64_t>(index, 0, size - 1);
  taps.weight[t] = inside ? weight : beyond;
  taps.slope[t] = inside ? slope : beyond;
}

/// The taps of one axis for a number of the grid: 1 is the nearest pixel, 2 are linear, 4 cubic.
template <class T, int Taps>
constexpr AxisTaps<T, Taps> axis_taps(T number, int64_t size, GridPadding padding, bool align_corners) {
  AxisTaps<T, Taps> taps;
  Place<T> place = unnormalized(number, size, align_corners);
  if constexpr (Taps == 1) {
    place = padded(place, size, padding, align_corners);
    set_tap(taps, 0, static_cast<int64_t>(std::nearbyint(bounded(place.value, size))), size, T(1), T(0));
  } else if constexpr (Taps == 2) {
    place = padded(place, size, padding, align_corners);
    const T value = bounded(place.value, size), floor = std::floor(value);
    const int64_t i = static_cast<int64_t>(floor);
    set_tap(taps, 0, i, size, floor + 1 - value, -place.slope, place.value - place.value);
    set_tap(taps, 1, i + 1, size, value - floor, place.slope, place.value - place.value);
  } else {
    // The weights belong to the place itself; what is beyond the border is made up pixel by pixel.
    const T floor = std::floor(place.value), t = place.value - floor, a = T(-0.75);
    T weights[4], slopes[4];
    cubic_weights(t, a, weights);
    cubic_slopes(t, a, slopes);
    for (int k = 0; k < 4; ++k) {
      const T pixel = padded(Place<T>{floor - 1 + T(k), T(0)}, size, padding, align_corners).value;
      set_tap(taps, k, static_cast<int64_t>(bounded(pixel, size)), size, weights[k], slopes[k] * place.slope,
              place.value - place.value);
    }
  }
  return taps;
}

}  // namespace helder::kernels
