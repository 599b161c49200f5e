#include "kernels/norm/norm.h"

#include <algorithm>
#include <limits>

#include "kernels/softmax/columns.h"

namespace helder::kernels {
namespace {

// y = finish(sum of term(x)).
template <class T, class Term, class Finish>
void sum_of_terms(const ReduceGeometry& g, const T* x, T* y, const Term& term, const Finish& finish) {
  for_each_column_block(g, [=]<int64_t Width>(int64_t outer, int64_t first, int64_t width) {
    const T* from = x + outer * g.n * g.inner + first;
    double total[Width];
    column_sums<Width>(g.n, g.inner, width, total,
                       [=](int64_t at, int64_t) { return term(static_cast<double>(from[at])); });
    for (int64_t j = 0; j < width; ++j) {
      y[outer * g.inner + first + j] = static_cast<T>(finish(total[j]));
    }
  });
}

// y = the extreme of |x|, or NaN if there is one.
template <class T, class Better>
void extreme_magnitude(const ReduceGeometry& g, const T* x, T* y, T start, const Better& better) {
  for_each_column_block(g, [=]<int64_t Width>(int64_t outer, int64_t first, int64_t width) {
    const T* from = x + outer * g.n * g.inner + first;
    T* best = y + outer * g.inner + first;
    std::fill(best, best + width, start);
    for_each_element<Width>(g.n, g.inner, width, [=](int64_t at, int64_t j) {
      const T a = std::abs(from[at]);
      best[j] = better(a, best[j]) || a != a ? a : best[j];
    });
  });
}

}  // namespace

template <class T>
void norm_forward_cpu(const ReduceGeometry& g, double ord, const T* x, T* y) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const auto itself = [](double total) { return total; };
  if (ord == kInfinity) {
    extreme_magnitude(g, x, y, T(0), [](T a, T best) { return a > best; });
  } else if (ord == -kInfinity) {
    extreme_magnitude(g, x, y, static_cast<T>(kInfinity), [](T a, T best) { return a < best; });
  } else if (ord == 0) {
    sum_of_terms(
        g, x, y, [](double a) { return a != 0 ? 1.0 : 0.0; }, itself);
  } else if (ord == 1) {
    sum_of_terms(
        g, x, y, [](double a) { return std::abs(a); }, itself);
  } else if (ord == 2) {
    sum_of_terms(
        g, x, y, [](double a) { return a * a; }, [](double total) { return std::sqrt(total); });
  } else {
    sum_of_terms(
        g, x, y, [ord](double a) { return std::pow(std::abs(a), ord); },
        [ord](double total) { return std::pow(total, 1 / ord); });
  }
}

template void norm_forward_cpu(const ReduceGeometry&, double, const float*, float*);
template void norm_forward_cpu(const ReduceGeometry&, double, const double*, double*);

}  // namespace helder::kernels
