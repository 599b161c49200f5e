#include "kernels/exp.h"

#include <cmath>
#include <limits>

#include "kernels/simd_exp.h"
#include "tensor/random.h"
#include "tests/catch.h"

using namespace helder;
using kernels::fast_exp;
using kernels::fast_expm1;
using kernels::fast_sigmoid;
using kernels::fast_softplus;
using kernels::fast_tanh;

namespace {

// The largest distance of f from `exact` in long double, in units of the result's last place, for x in [low,
// high).
template <class T>
double worst_error(T (*f)(T), long double (*exact)(long double), double low, double high) {
  Generator generator(1);
  double worst = 0;
  for (int i = 0; i < 100000; ++i) {
    const T x = static_cast<T>(generator.uniform(low, high));
    const long double expected = exact(static_cast<long double>(x));
    const T nearest = std::abs(static_cast<T>(expected));
    const T unit = std::nextafter(nearest, std::numeric_limits<T>::infinity()) - nearest;
    worst = std::max(worst, std::abs(static_cast<double>((f(x) - expected) / unit)));
  }
  return worst;
}

// The same for several intervals around 0, each a thousandth of the one before.
template <class T>
double worst_error_around_zero(T (*f)(T), long double (*exact)(long double), double limit) {
  double worst = 0;
  for (double scale : {1.0, 1e-3, 1e-6, 1e-9}) {
    worst = std::max(worst, worst_error(f, exact, -limit * scale, limit * scale));
  }
  return worst;
}

}  // namespace

TEMPLATE_TEST_CASE("fast_exp is within 1.5 units in the last place", "[kernels]", float, double) {
  const auto exact = [](long double x) { return std::exp(x); };
  const double lowest = sizeof(TestType) == 4 ? -103 : -744;  // subnormal results included
  const double highest = sizeof(TestType) == 4 ? 88.7 : 709.7;
  CHECK(worst_error<TestType>(fast_exp, exact, lowest, highest) <= 1.5);
  CHECK(worst_error_around_zero<TestType>(fast_exp, exact, 1) <= 1.5);
}

TEMPLATE_TEST_CASE("fast_expm1 is within 2.5 units in the last place", "[kernels]", float, double) {
  const auto exact = [](long double x) { return std::expm1(x); };
  const double highest = sizeof(TestType) == 4 ? 88.7 : 709.7;
  CHECK(worst_error<TestType>(fast_expm1, exact, -highest, highest) <= 2.5);
  CHECK(worst_error_around_zero<TestType>(fast_expm1, exact, 2) <= 2.5);
}

TEMPLATE_TEST_CASE("fast_sigmoid is within 2.5 units in the last place", "[kernels]", float, double) {
  const auto exact = [](long double x) { return 1 / (1 + std::exp(-x)); };
  const double lowest = sizeof(TestType) == 4 ? -87 : -708;
  CHECK(worst_error<TestType>(fast_sigmoid, exact, lowest, 50) <= 2.5);
  CHECK(worst_error_around_zero<TestType>(fast_sigmoid, exact, 5) <= 2.5);
}

TEMPLATE_TEST_CASE("fast_tanh is within 3 units in the last place", "[kernels]", float, double) {
  const auto exact = [](long double x) { return std::tanh(x); };
  CHECK(worst_error_around_zero<TestType>(fast_tanh, exact, 3) <= 3);
  CHECK(worst_error<TestType>(fast_tanh, exact, -40, 40) <= 3);
}

TEMPLATE_TEST_CASE("fast_softplus is within 4 units in the last place", "[kernels]", float, double) {
  const auto exact = [](long double x) {
    return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
  };
  const double lowest = sizeof(TestType) == 4 ? -87 : -708;
  CHECK(worst_error<TestType>(fast_softplus, exact, lowest, 100) <= 4);
  CHECK(worst_error_around_zero<TestType>(fast_softplus, exact, 5) <= 4);
}

TEMPLATE_TEST_CASE("fast_exp and its relatives know their limits", "[kernels]", float, double) {
  constexpr TestType infinity = std::numeric_limits<TestType>::infinity();
  constexpr TestType nan = std::numeric_limits<TestType>::quiet_NaN();
  CHECK(fast_exp(TestType(0)) == 1);
  CHECK(fast_exp(TestType(-0.0)) == 1);
  CHECK(fast_exp(infinity) == infinity);
  CHECK(fast_exp(TestType(1e6)) == infinity);
  CHECK(fast_exp(-infinity) == 0);
  CHECK(fast_exp(TestType(-1e6)) == 0);
  CHECK(fast_expm1(TestType(0)) == 0);
  CHECK(fast_expm1(infinity) == infinity);
  CHECK(fast_expm1(-infinity) == -1);
  CHECK(fast_sigmoid(infinity) == 1);
  CHECK(fast_sigmoid(-infinity) == 0);
  CHECK(fast_tanh(TestType(0)) == 0);
  CHECK(fast_tanh(infinity) == 1);
  CHECK(fast_tanh(-infinity) == -1);
  CHECK(fast_softplus(infinity) == infinity);
  CHECK(fast_softplus(TestType(1e6)) == TestType(1e6));
  CHECK(fast_softplus(-infinity) == 0);
  for (auto f : {fast_exp<TestType>, fast_expm1<TestType>, fast_sigmoid<TestType>, fast_tanh<TestType>,
                 fast_softplus<TestType>}) {
    CHECK(std::isnan(f(nan)));
    CHECK(std::isnan(f(-nan)));
  }
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
