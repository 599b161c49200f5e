#include "kernels/norm/norm.h"

#include "kernels/softmax/team.cuh"

namespace helder::kernels {
namespace {

// What is summed over a column's x, and what becomes of the sum.
struct NonzeroCount {
  __device__ double term(double x) const { return x != 0 ? 1.0 : 0.0; }
  __device__ double finish(double sum) const { return sum; }
};
struct SumOfMagnitudes {
  __device__ double term(double x) const { return fabs(x); }
  __device__ double finish(double sum) const { return sum; }
};
struct RootOfSquares {
  __device__ double term(double x) const { return x * x; }
  __device__ double finish(double sum) const { return sqrt(sum); }
};
struct RootOfPowers {
  double p;
  __device__ double term(double x) const { return pow(fabs(x), p); }
  __device__ double finish(double sum) const { return pow(sum, 1 / p); }
};

// y = finish(sum of term(x)) of each column.
template <int Lanes, class Norm, class T>
__global__ void __launch_bounds__(kBlockThreads) sum_of_terms(ReduceGeometry g, Norm f, const T* x, T* y) {
  for (Team<Lanes> team(g); team.column < g.outer * g.inner; team.next()) {
    double sum = 0;
    for (int64_t k = team.first(); k < g.n; k += Lanes) {
      sum += f.term(static_cast<double>(x[team.at(k)]));
    }
    sum = team.reduce(Plus{}, sum);
    if (team.is_first()) {
      y[team.column] = static_cast<T>(f.finish(sum));
    }
  }
}

// The larger, or the smaller, of two numbers; a NaN on either side wins.
struct Extreme {
  bool largest;
  template <class T>
  __device__ T operator()(T a, T b) const {
    return a != a || (largest ? a > b : a < b) ? a : b;
  }
};

// y = the extreme of |x| in each column, or NaN if there is one.
template <int Lanes, class T>
__global__ void __launch_bounds__(kBlockThreads)
    extreme_magnitude(ReduceGeometry g, Extreme extreme, const T* x, T* y) {
  for (Team<Lanes> team(g); team.column < g.outer * g.inner; team.next()) {
    T best = extreme.largest ? T(0) : T(HUGE_VAL);
    for (int64_t k = team.first(); k < g.n; k += Lanes) {
      best = extreme(static_cast<T>(fabs(x[team.at(k)])), best);
    }
    best = team.reduce(extreme, best);
    if (team.is_first()) {
      y[team.column] = best;
    }
  }
}

template <class T, class Norm>
void sum(const ReduceGeometry& g, const Norm& f, const T* x, T* y) {
  if (g.inner == 1) {
    launch<sum_of_terms<32, Norm, T>>(teams_for<32>(g), g, f, x, y);
  } else {
    launch<sum_of_terms<1, Norm, T>>(teams_for<1>(g), g, f, x, y);
  }
}

}  // namespace

template <class T>
void norm_forward_cuda(const ReduceGeometry& g, double ord, const T* x, T* y) {
  if (std::isinf(ord)) {
    const Extreme extreme = {ord > 0};
    if (g.inner == 1) {
      launch<extreme_magnitude<32, T>>(teams_for<32>(g), g, extreme, x, y);
    } else {
      launch<extreme_magnitude<1, T>>(teams_for<1>(g), g, extreme, x, y);
    }
  } else if (ord == 0) {
    sum(g, NonzeroCount{}, x, y);
  } else if (ord == 1) {
    sum(g, SumOfMagnitudes{}, x, y);
  } else if (ord == 2) {
    sum(g, RootOfSquares{}, x, y);
  } else {
    sum(g, RootOfPowers{ord}, x, y);
  }
}

template void norm_forward_cuda(const ReduceGeometry&, double, const float*, float*);
template void norm_forward_cuda(const ReduceGeometry&, double, const double*, double*);

}  // namespace helder::kernels
