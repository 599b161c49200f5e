#include "kernels/normal.h"

#include <cmath>
#include <limits>

#include "tensor/random.h"
#include "tests/catch.h"

using namespace helder;
using kernels::fast_erf;
using kernels::Normal;

namespace {

// The largest relative difference between f and `exact` in long double, for x in [low, high), in units of T's
// epsilon.
template <class T, class F, class Exact>
double worst_error(F f, Exact exact, double low, double high) {
  Generator generator(1);
  double worst = 0;
  for (int i = 0; i < 100000; ++i) {
    const T x = static_cast<T>(generator.uniform(low, high));
    const long double expected = exact(static_cast<long double>(x));
    worst = std::max(worst, std::abs(static_cast<double>((f(x) - expected) / expected)));
  }
  return worst / static_cast<double>(std::numeric_limits<T>::epsilon());
}

}  // namespace

TEMPLATE_TEST_CASE("Normal: density and distribution keep their digits, in the tails as well", "[kernels]",
                   float, double) {
  using T = TestType;
  const auto distribution = [](T x) { return Normal<T>(x).distribution; };
  const auto density = [](T x) { return Normal<T>(x).density; };
  const auto exact = [](long double x) { return std::erfc(-x / std::sqrt(2.0L)) / 2; };
  const auto exact_density = [](long double x) {
    return std::exp(-x * x / 2) / std::sqrt(2 * std::acos(-1.0L));
  };
  CHECK(worst_error<T>(distribution, exact, 0, 9) < 4);
  CHECK(worst_error<T>(distribution, exact, -1, 0) < 4);
  // An error of half an epsilon in x^2 is x^2/4 epsilons in the result, in erfc's argument x^2/2: 72 at 12.
  CHECK(worst_error<T>(distribution, exact, -12, -1) < 120);
  CHECK(worst_error<T>(density, exact_density, -1, 1) < 3);
  CHECK(worst_error<T>(density, exact_density, -12, 12) < 80);

  constexpr T infinity = std::numeric_limits<T>::infinity();
  CHECK(Normal<T>(0).distribution == T(0.5));
  CHECK(Normal<T>(infinity).distribution == 1);
  CHECK(Normal<T>(-infinity).distribution == 0);
  CHECK(Normal<T>(infinity).density == 0);
  CHECK(std::isnan(Normal<T>(std::numeric_limits<T>::quiet_NaN()).distribution));
}

TEMPLATE_TEST_CASE("fast_erf is within 2 epsilons", "[kernels]", float, double) {
  using T = TestType;
  const auto exact = [](long double x) { return std::erf(x); };
  for (const double limit : {6.0, 1.5, 1e-2, 1e-6}) {
    CHECK(worst_error<T>(fast_erf<T>, exact, -limit, limit) < 2);
  }
  constexpr T infinity = std::numeric_limits<T>::infinity();
  CHECK(fast_erf(T(0)) == 0);
  CHECK(fast_erf(infinity) == 1);
  CHECK(fast_erf(-infinity) == -1);
  CHECK(std::isnan(fast_erf(std::numeric_limits<T>::quiet_NaN())));
}
