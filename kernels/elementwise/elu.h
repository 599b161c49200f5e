#pragma once

#include "kernels/elementwise/functor.h"
#include "kernels/exp.h"

namespace helder::kernels {

/// y = scale x where x > 0, else scale alpha (e^(k x) - 1);  y' = scale, or scale alpha k e^(k x), which is
/// also taken at 0. elu, selu and celu are this with other constants.
///
/// Keeps its input: from y, e^(k x) could not be found again where alpha is negative or e^(k x) small.
struct Elu {
  static constexpr const char* name = "elu";
  static constexpr Keeps keeps = Keeps::Input;
  double alpha = 1;
  double scale = 1;
  double input_scale = 1;  // k

  template <class T>
  constexpr T forward(T x) const {
    const T below = static_cast<T>(scale * alpha) * fast_expm1(x * static_cast<T>(input_scale));
    return x <= T(0) ? below : x * static_cast<T>(scale);
  }
  template <class T>
  constexpr T derivative(T x) const {
    const T below = static_cast<T>(scale * alpha * input_scale) * fast_exp(x * static_cast<T>(input_scale));
    return x <= T(0) ? below : static_cast<T>(scale);
  }
};

struct Selu : Elu {
  static constexpr const char* name = "selu";
};

struct Celu : Elu {
  static constexpr const char* name = "celu";
};

}  // namespace helder::kernels
