#pragma once

#include <numbers>

#include "kernels/elementwise/functor.h"
#include "kernels/exp.h"
#include "kernels/normal.h"

namespace helder::kernels {

/// y = x P(x),  y' = P(x) + x p(x), with P and p the standard normal's distribution and density
/// (Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016).
struct Gelu {
  static constexpr const char* name = "gelu";
  static constexpr Keeps keeps = Keeps::Input;

  template <class T>
  constexpr T forward(T x) const {
    return x * fast_normal(x).distribution;
  }
  template <class T>
  constexpr T derivative(T x) const {
    const Normal<T> normal = fast_normal(x);
    return normal.distribution + x * normal.density;
  }
};

/// The same paper's approximation:  y = x/2 (1 + tanh u),  u = sqrt(2/pi) (x + 0.044715 x^3).
struct GeluTanh {
  static constexpr const char* name = "gelu";
  static constexpr Keeps keeps = Keeps::Input;

  template <class T>
  constexpr T forward(T x) const {
    return T(0.5) * x * (T(1) + fast_tanh(argument(x)));
  }
  template <class T>
  constexpr T derivative(T x) const {
    const T t = fast_tanh(argument(x));
    const T slope = kScale<T> * (T(1) + T(3 * 0.044715) * x * x);  // du/dx
    return T(0.5) * (T(1) + t) + T(0.5) * x * (T(1) - t * t) * slope;
  }

 private:
  template <class T>
  static constexpr T kScale = std::numbers::sqrt2_v<T>* std::numbers::inv_sqrtpi_v<T>;

  template <class T>
  static constexpr T argument(T x) {
    return kScale<T> * (x + T(0.044715) * x * x * x);
  }
};

}  // namespace helder::kernels
