#pragma once

namespace helder::kernels {

/// The cubic convolution kernel W(d) at the distances d = t + 1, t, 1 - t, 2 - t of the four neighbours of a
/// place that is t, in [0, 1), behind the second one. Keys, "Cubic convolution interpolation for digital
/// image processing", IEEE ASSP 29, 1981:
///
///   W(d) = (a + 2) d^3 - (a + 3) d^2 + 1          d <= 1
///          a d^3 - 5a d^2 + 8a d - 4a       1 <= d <= 2
template <class T>
constexpr T cubic_inner(T d, T a) {
  return ((a + 2) * d - (a + 3)) * d * d + 1;
}
template <class T>
constexpr T cubic_outer(T d, T a) {
  return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
}

template <class T>
constexpr void cubic_weights(T t, T a, T (&weights)[4]) {
  weights[0] = cubic_outer(t + 1, a);
  weights[1] = cubic_inner(t, a);
  weights[2] = cubic_inner(1 - t, a);
  weights[3] = cubic_outer(2 - t, a);
}

/// The derivatives of `cubic_weights` with respect to t.
template <class T>
constexpr void cubic_slopes(T t, T a, T (&slopes)[4]) {
  const auto inner = [a](T d) { return (3 * (a + 2) * d - 2 * (a + 3)) * d; };
  const auto outer = [a](T d) { return (3 * a * d - 10 * a) * d + 8 * a; };
  slopes[0] = outer(t + 1);
  slopes[1] = inner(t);
  slopes[2] = -inner(1 - t);
  slopes[3] = -outer(2 - t);
}

}  // namespace helder::kernels
