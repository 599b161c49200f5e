#include "kernels/resample/axis.h"

#include <algorithm>
#include <cmath>

#include "kernels/resample/cubic.h"

namespace helder::kernels {

template <class T>
ResampleAxis<T>::ResampleAxis(int64_t in_, int64_t out_, int64_t taps_)
    : in(in_),
      out(out_),
      taps(std::min(taps_, in_)),
      first(static_cast<size_t>(out)),
      weights(static_cast<size_t>(taps * out)) {}

template <class T>
void ResampleAxis<T>::set_first(int64_t o, int64_t i) {
  first[static_cast<size_t>(o)] = static_cast<int32_t>(std::clamp<int64_t>(i, 0, in - taps));
}

template <class T>
ResampleAxis<T> ResampleAxis<T>::transposed() const {
  // Input i is seen by outputs low[i] .. high[i].
  std::vector<int64_t> low(static_cast<size_t>(in), out), high(static_cast<size_t>(in), -1);
  const auto for_each_weight = [this](auto&& body) {
    for (int64_t t = 0; t < taps; ++t) {
      for (int64_t o = 0; o < out; ++o) {
        const T weight = weights[static_cast<size_t>(t * out + o)];
        if (weight != T(0)) {
          body(o, first_of(o) + t, weight);
        }
      }
    }
  };
  for_each_weight([&](int64_t o, int64_t i, T) {
    low[static_cast<size_t>(i)] = std::min(low[static_cast<size_t>(i)], o);
    high[static_cast<size_t>(i)] = std::max(high[static_cast<size_t>(i)], o);
  });
  int64_t widest = 1;
  for (size_t i = 0; i < low.size(); ++i) {
    widest = std::max(widest, high[i] - low[i] + 1);
  }
  ResampleAxis result(out, in, widest);
  for (int64_t i = 0; i < in; ++i) {
    result.set_first(i, low[static_cast<size_t>(i)]);
  }
  for_each_weight([&](int64_t o, int64_t i, T weight) { result.add(i, o, weight); });
  return result;
}

namespace {

// Input pixels a step of one output pixel.
template <class T>
T step_of(const AxisMap& map) {
  if (map.align_corners) {
    return map.out > 1 ? static_cast<T>(map.in - 1) / static_cast<T>(map.out - 1) : T(0);
  }
  return map.scale != 0 ? static_cast<T>(1 / map.scale) : static_cast<T>(map.in) / static_cast<T>(map.out);
}

// Where the centre of output pixel o lies, in input pixels.
template <class T>
T place_of(const AxisMap& map, T step, int64_t o) {
  return map.align_corners ? step * static_cast<T>(o) : step * (static_cast<T>(o) + T(0.5)) - T(0.5);
}

template <class T>
void fill_nearest(ResampleAxis<T>& axis, const AxisMap& map, T shift) {
  const T step = step_of<T>(map);
  for (int64_t o = 0; o < axis.out; ++o) {
    // Rounded to float first, as PyTorch does: 0.9999999999999999 means 1.
    const float place = static_cast<float>((static_cast<T>(o) + shift) * step);
    const int64_t i = std::min(static_cast<int64_t>(std::floor(place)), axis.in - 1);
    axis.set_first(o, i);
    axis.add(o, i, T(1));
  }
}

template <class T>
void fill_linear(ResampleAxis<T>& axis, const AxisMap& map) {
  const T step = step_of<T>(map);
  for (int64_t o = 0; o < axis.out; ++o) {
    const T place = std::max(place_of(map, step, o), T(0));
    const int64_t i = std::min(static_cast<int64_t>(place), axis.in - 1);
    const T beyond = std::min(place - static_cast<T>(i), T(1));
    axis.set_first(o, i);
    axis.add(o, i, 1 - beyond);
    axis.add(o, std::min(i + 1, axis.in - 1), beyond);
  }
}

template <class T>
void fill_cubic(ResampleAxis<T>& axis, const AxisMap& map) {
  const T step = step_of<T>(map);
  for (int64_t o = 0; o < axis.out; ++o) {
    const T place = place_of(map, step, o), floor = std::floor(place);
    T weights[4];
    cubic_weights(place - floor, T(-0.75), weights);
    const int64_t i = static_cast<int64_t>(floor) - 1;
    axis.set_first(o, i);
    for (int64_t t = 0; t < 4; ++t) {
      axis.add(o, std::clamp<int64_t>(i + t, 0, axis.in - 1), weights[t]);
    }
  }
}

// The filter at distance d.
template <class T>
T filter_value(Filter filter, T d) {
  d = std::abs(d);
  if (filter == Filter::Linear) {
    return d < 1 ? 1 - d : T(0);
  }
  return d < 1 ? cubic_inner(d, T(-0.5)) : d < 2 ? cubic_outer(d, T(-0.5)) : T(0);
}

template <class T>
ResampleAxis<T> antialiased_axis(Filter filter, const AxisMap& map) {
  const T step = step_of<T>(map), stretch = std::max(step, T(1));
  const T reach = (filter == Filter::Linear ? T(1) : T(2)) * stretch;  // on each side of the centre
  ResampleAxis<T> axis(map.in, map.out, 2 * static_cast<int64_t>(std::ceil(reach)) + 1);
  for (int64_t o = 0; o < axis.out; ++o) {
    const T center = step * (static_cast<T>(o) + T(0.5));  // counted from the edge of the image
    const int64_t begin = std::max<int64_t>(0, static_cast<int64_t>(center - reach + T(0.5)));
    const int64_t end = std::min(axis.in, static_cast<int64_t>(center + reach + T(0.5)));
    const auto value = [&](int64_t i) {
      return filter_value(filter, (static_cast<T>(i) - center + T(0.5)) / stretch);
    };
    T total = 0;
    for (int64_t i = begin; i < end; ++i) {
      total += value(i);
    }
    axis.set_first(o, begin);
    for (int64_t i = begin; i < end; ++i) {
      axis.add(o, i, value(i) / total);
    }
  }
  return axis;
}

}  // namespace

template <class T>
ResampleAxis<T> interpolation_axis(Filter filter, AxisMap map, bool antialias) {
  const bool stays = map.out == map.in && filter != Filter::NearestExact;
  const bool doubles = map.out == 2 * map.in && filter == Filter::Nearest;
  if ((stays && (filter != Filter::Cubic || antialias)) || doubles) {
    map.scale = 0;
  }
  if (antialias) {
    return antialiased_axis<T>(filter, map);
  }
  switch (filter) {
    case Filter::Linear: {
      ResampleAxis<T> axis(map.in, map.out, 2);
      fill_linear(axis, map);
      return axis;
    }
    case Filter::Cubic: {
      ResampleAxis<T> axis(map.in, map.out, 4);
      fill_cubic(axis, map);
      return axis;
    }
    default: {
      ResampleAxis<T> axis(map.in, map.out, 1);
      fill_nearest(axis, map, filter == Filter::NearestExact ? T(0.5) : T(0));
      return axis;
    }
  }
}

template struct ResampleAxis<float>;
template struct ResampleAxis<double>;
template ResampleAxis<float> interpolation_axis(Filter, AxisMap, bool);
template ResampleAxis<double> interpolation_axis(Filter, AxisMap, bool);

}  // namespace helder::kernels
