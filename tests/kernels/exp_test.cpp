#include "kernels/exp.h"

#include <cmath>
#include <limits>

#include "kernels/simd_exp.h"
#include "tensor/random.h"
#include "tests/catch.h"

using namespace helder;
using kernels::fast_exp;

namespace {

// The largest distance from std::exp in long double, in units of the result's last place.
template <class T>
double worst_error(double low, double high) {
  Generator generator(1);
  double worst = 0;
  for (int i = 0; i < 100000; ++i) {
    const T x = static_cast<T>(generator.uniform(low, high));
    const long double expected = std::exp(static_cast<long double>(x));
    const T nearest = static_cast<T>(expected);
    const T unit = std::nextafter(nearest, std::numeric_limits<T>::infinity()) - nearest;
    worst = std::max(worst, std::abs(static_cast<double>((fast_exp(x) - expected) / unit)));
  }
  return worst;
}

}  // namespace

TEMPLATE_TEST_CASE("fast_exp is within 1.5 units in the last place", "[kernels]", float, double) {
  const double lowest = sizeof(TestType) == 4 ? -103 : -744;  // subnormal results included
  const double highest = sizeof(TestType) == 4 ? 88.7 : 709.7;
  CHECK(worst_error<TestType>(lowest, highest) <= 1.5);
  CHECK(worst_error<TestType>(-1, 1) <= 1.5);
}

TEMPLATE_TEST_CASE("fast_exp knows its limits", "[kernels]", float, double) {
  constexpr TestType infinity = std::numeric_limits<TestType>::infinity();
  CHECK(fast_exp(TestType(0)) == 1);
  CHECK(fast_exp(TestType(-0.0)) == 1);
  CHECK(fast_exp(infinity) == infinity);
  CHECK(fast_exp(TestType(1e6)) == infinity);
  CHECK(fast_exp(-infinity) == 0);
  CHECK(fast_exp(TestType(-1e6)) == 0);
  CHECK(std::isnan(fast_exp(std::numeric_limits<TestType>::quiet_NaN())));
  CHECK(std::isnan(fast_exp(-std::numeric_limits<TestType>::quiet_NaN())));
}

TEMPLATE_TEST_CASE("exp_at_most_one agrees with fast_exp where its result is normal", "[kernels]", float,
                   double) {
  namespace simd = kernels::simd;
  constexpr int lanes = simd::kLanes<TestType>;
  constexpr TestType infinity = std::numeric_limits<TestType>::infinity();
  constexpr TestType nan = std::numeric_limits<TestType>::quiet_NaN();
  Generator generator(2);
  TestType x[lanes], y[lanes];
  double worst = 0;
  for (int i = 0; i < 10000; ++i) {
    for (TestType& value : x) {
      value = static_cast<TestType>(generator.uniform(sizeof(TestType) == 4 ? -87.3 : -708.3, 1));
    }
    simd::store(y, simd::exp_at_most_one<TestType>(simd::load(x)));
    for (int lane = 0; lane < lanes; ++lane) {
      worst = std::max(worst, std::abs(static_cast<double>(y[lane] / fast_exp(x[lane]) - 1)));
    }
  }
  CHECK(worst <= 2 * static_cast<double>(std::numeric_limits<TestType>::epsilon()));

  const auto one = [](TestType value) {
    TestType result[lanes];
    simd::store(result, simd::exp_at_most_one<TestType>(simd::broadcast(value)));
    return result[lanes - 1];
  };
  CHECK(one(0) == 1);
  CHECK(one(-infinity) == 0);
  CHECK(one(-1e6) == 0);
  CHECK(one(std::numeric_limits<TestType>::lowest()) == 0);
  CHECK(std::isnan(one(nan)));
  CHECK(std::isnan(one(-nan)));
}
