#pragma once

#include "kernels/elementwise/functor.h"
#include "kernels/exp.h"

namespace helder::kernels {

/// y = ln(1 + e^(beta x)) / beta,  y' = 1 / (1 + e^(-beta x));  y = x and y' = 1 where beta x > threshold.
struct Softplus {
  static constexpr const char* name = "softplus";
  static constexpr Keeps keeps = Keeps::Input;
  double beta = 1;
  double threshold = 20;

  template <class T>
  constexpr T forward(T x) const {
    const T u = x * static_cast<T>(beta);
    return u > static_cast<T>(threshold) ? x : fast_softplus(u) / static_cast<T>(beta);
  }
  template <class T>
  constexpr T derivative(T x) const {
    const T u = x * static_cast<T>(beta);
    return u > static_cast<T>(threshold) ? T(1) : fast_sigmoid(u);
  }
};

}  // namespace helder::kernels
