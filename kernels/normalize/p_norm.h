#pragma once

#include <cmath>

namespace helder::kernels {

// What `normalize` divides by. A norm is finish(sum of term(x)). Its derivative with respect to x is slope(x)
// factor(norm). For every device.

struct Euclidean {
  template <class T>
  constexpr T term(T x) const {
    return x * x;
  }
  template <class T>
  constexpr T finish(T sum) const {
    return std::sqrt(sum);
  }
  template <class T>
  constexpr T slope(T x) const {
    return x;
  }
  template <class T>
  constexpr T factor(T norm) const {
    return 1 / norm;
  }
};

struct Manhattan {
  template <class T>
  constexpr T term(T x) const {
    return std::abs(x);
  }
  template <class T>
  constexpr T finish(T sum) const {
    return sum;
  }
  template <class T>
  constexpr T slope(T x) const {
    return static_cast<T>((x > 0) - (x < 0));
  }
  template <class T>
  constexpr T factor(T) const {
    return 1;
  }
};

struct CountOfNonzero {
  template <class T>
  constexpr T term(T x) const {
    return x != 0;
  }
  template <class T>
  constexpr T finish(T sum) const {
    return sum;
  }
  template <class T>
  constexpr T slope(T) const {
    return 0;
  }
  template <class T>
  constexpr T factor(T) const {
    return 0;
  }
};

struct AnyPower {
  double p;

  template <class T>
  constexpr T term(T x) const {
    return std::pow(std::abs(x), static_cast<T>(p));
  }
  template <class T>
  constexpr T finish(T sum) const {
    return std::pow(sum, static_cast<T>(1 / p));
  }
  template <class T>
  constexpr T slope(T x) const {
    return x == 0 ? T(0) : std::copysign(std::pow(std::abs(x), static_cast<T>(p - 1)), x);
  }
  template <class T>
  constexpr T factor(T norm) const {
    return std::pow(norm, static_cast<T>(1 - p));
  }
};

/// Calls body with the norm for p, which is finite and not NaN.
template <class Body>
void visit_norm(double p, const Body& body) {
  p == 2   ? body(Euclidean{})
  : p == 1 ? body(Manhattan{})
  : p == 0 ? body(CountOfNonzero{})
           : body(AnyPower{p});
}

}  // namespace helder::kernels
