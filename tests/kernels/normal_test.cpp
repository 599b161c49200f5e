#include "kernels/normal.h"

#include <cmath>
#include <limits>

#include "tensor/random.h"
#include "tests/catch.h"

using namespace helder;
using kernels::fast_normal;

namespace {

long double exact(long double x) { return std::erfc(-x / std::sqrt(2.0L)) / 2; }

// The largest error of the distribution in units of its last place, for x in [low, high), less the x^2 / 2
// units that the tail may have besides.
template <class T>
double worst_error(double low, double high) {
  Generator generator(1);
  double worst = 0;
  for (int i = 0; i < 100000; ++i) {
    const T x = static_cast<T>(generator.uniform(low, high));
    const T nearest = static_cast<T>(exact(x));
    const T unit = std::nextafter(nearest, T(2)) - nearest;
    const double error = std::abs(static_cast<double>((fast_normal(x).distribution - exact(x)) / unit));
    worst = std::max(worst, x < T(-1) ? error - static_cast<double>(x * x / 2) : error);
  }
  return worst;
}

}  // namespace

TEMPLATE_TEST_CASE("fast_normal's distribution is within 7 units in the last place", "[kernels]", float,
                   double) {
  CHECK(worst_error<TestType>(-1, 1) <= 7);
  CHECK(worst_error<TestType>(1, 10) <= 7);
  CHECK(worst_error<TestType>(-4, -1) <= 7);
  CHECK(worst_error<TestType>(sizeof(TestType) == 4 ? -13 : -37, -4) <= 7);
}

TEMPLATE_TEST_CASE("fast_normal's density", "[kernels]", float, double) {
  for (double x : {-3.0, -0.5, 0.0, 1.0, 6.0}) {
    CHECK(fast_normal(static_cast<TestType>(x)).density ==
          Approx(std::exp(-x * x / 2) / std::sqrt(2 * M_PI)));
  }
}

TEMPLATE_TEST_CASE("fast_normal knows its limits", "[kernels]", float, double) {
  constexpr TestType infinity = std::numeric_limits<TestType>::infinity();
  CHECK(fast_normal(TestType(0)).distribution == TestType(0.5));
  CHECK(fast_normal(infinity).distribution == 1);
  CHECK(fast_normal(-infinity).distribution == 0);
  CHECK(fast_normal(infinity).density == 0);
  CHECK(fast_normal(TestType(-1e6)).distribution == 0);
  CHECK(std::isnan(fast_normal(std::numeric_limits<TestType>::quiet_NaN()).distribution));
}

TEMPLATE_TEST_CASE("fast_erf is within 4 epsilons", "[kernels]", float, double) {
  using T = TestType;
  Generator generator(1);
  for (const double limit : {6.0, 1.5, 1e-2, 1e-6}) {
    double worst = 0;
    for (int i = 0; i < 100000; ++i) {
      const T x = static_cast<T>(generator.uniform(-limit, limit));
      const long double expected = std::erf(static_cast<long double>(x));
      worst = std::max(worst, std::abs(static_cast<double>((kernels::fast_erf(x) - expected) / expected)));
    }
    CHECK(worst <= 4 * static_cast<double>(std::numeric_limits<T>::epsilon()));
  }
  constexpr T infinity = std::numeric_limits<T>::infinity();
  CHECK(kernels::fast_erf(T(0)) == 0);
  CHECK(kernels::fast_erf(infinity) == 1);
  CHECK(kernels::fast_erf(-infinity) == -1);
  CHECK(std::isnan(kernels::fast_erf(std::numeric_limits<T>::quiet_NaN())));
}
