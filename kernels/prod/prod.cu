#include "kernels/prod/prod.h"

#include <type_traits>

#include "kernels/softmax/team.cuh"

namespace helder::kernels {
namespace {

template <class T>
using Product = std::conditional_t<std::is_floating_point_v<T>, double, T>;

struct Times {
  template <class T>
  __device__ T operator()(T a, T b) const {
    return a * b;
  }
};

// y = the product over k of x[k].
template <int Lanes, class T>
__global__ void __launch_bounds__(kBlockThreads) prod_forward(ReduceGeometry g, const T* x, T* y) {
  for (Team<Lanes> team(g); team.column < g.outer * g.inner; team.next()) {
    Product<T> product = 1;
    for (int64_t k = team.first(); k < g.n; k += Lanes) {
      product *= static_cast<Product<T>>(x[team.at(k)]);
    }
    product = team.reduce(Times{}, product);
    if (team.is_first()) {
      y[team.column] = static_cast<T>(product);
    }
  }
}

// dx[k] = dy times the product of all x[l] with l != k: those before k on the way up, which dx keeps, times
// those behind it on the way down. A thread a column.
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    prod_backward(ReduceGeometry g, const T* x, const T* dy, T* dx) {
  for (Team<1> team(g); team.column < g.outer * g.inner; team.next()) {
    double before = 1, behind = static_cast<double>(dy[team.column]);
    for (int64_t k = 0; k < g.n; ++k) {
      dx[team.at(k)] = static_cast<T>(before);
      before *= static_cast<double>(x[team.at(k)]);
    }
    for (int64_t k = g.n - 1; k >= 0; --k) {
      dx[team.at(k)] = static_cast<T>(static_cast<double>(dx[team.at(k)]) * behind);
      behind *= static_cast<double>(x[team.at(k)]);
    }
  }
}

}  // namespace

template <class T>
void prod_forward_cuda(const ReduceGeometry& g, const T* x, T* y) {
  if (g.inner == 1) {
    launch<prod_forward<32, T>>(teams_for<32>(g), g, x, y);
  } else {
    launch<prod_forward<1, T>>(teams_for<1>(g), g, x, y);
  }
}

template <class T>
void prod_backward_cuda(const ReduceGeometry& g, const T* x, const T* dy, T* dx) {
  launch<prod_backward<T>>(teams_for<1>(g), g, x, dy, dx);
}

template void prod_forward_cuda(const ReduceGeometry&, const int64_t*, int64_t*);
template void prod_forward_cuda(const ReduceGeometry&, const float*, float*);
template void prod_forward_cuda(const ReduceGeometry&, const double*, double*);
template void prod_backward_cuda(const ReduceGeometry&, const float*, const float*, float*);
template void prod_backward_cuda(const ReduceGeometry&, const double*, const double*, double*);

}  // namespace helder::kernels
