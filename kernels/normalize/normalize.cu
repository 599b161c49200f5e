#include "kernels/normalize/normalize.h"

#include "kernels/normalize/p_norm.h"
#include "kernels/softmax/team.cuh"

namespace helder::kernels {
namespace {

// norm = finish(sum of term(x)),  y = x / max(norm, eps), along each column.
template <int Lanes, class Norm, class T>
__global__ void __launch_bounds__(kBlockThreads)
    normalize_forward(ReduceGeometry g, Norm f, double eps, const T* x, T* norm, T* y) {
  for (Team<Lanes> team(g); team.column < g.outer * g.inner; team.next()) {
    double sum = 0;
    for (int64_t k = team.first(); k < g.n; k += Lanes) {
      sum += f.term(static_cast<double>(x[team.at(k)]));
    }
    const double size = f.finish(team.reduce(Plus{}, sum));
    const T scale = static_cast<T>(1 / (size < eps ? eps : size));  // a NaN stays one
    for (int64_t k = team.first(); k < g.n; k += Lanes) {
      y[team.at(k)] = x[team.at(k)] * scale;
    }
    if (team.is_first()) {
      norm[team.column] = static_cast<T>(size);
    }
  }
}

// dx = (dy - dnorm/dx * sum of dy y) / norm,  or dy / eps where the norm is less.
template <int Lanes, class Norm, class T>
__global__ void __launch_bounds__(kBlockThreads)
    normalize_backward(ReduceGeometry g, Norm f, double eps, const T* x, const T* norm, const T* dy, T* dx) {
  for (Team<Lanes> team(g); team.column < g.outer * g.inner; team.next()) {
    double dot = 0;  // of dy and x
    for (int64_t k = team.first(); k < g.n; k += Lanes) {
      dot += static_cast<double>(dy[team.at(k)]) * static_cast<double>(x[team.at(k)]);
    }
    dot = team.reduce(Plus{}, dot);
    const double size = static_cast<double>(norm[team.column]);
    const bool constant = size < eps || size == 0;  // the denominator
    const T along_dy = static_cast<T>(1 / (size < eps ? eps : size));
    const T along_slope = constant ? T(0) : static_cast<T>(-dot / (size * size) * f.factor(size));
    for (int64_t k = team.first(); k < g.n; k += Lanes) {
      dx[team.at(k)] = dy[team.at(k)] * along_dy + f.slope(x[team.at(k)]) * along_slope;
    }
  }
}

}  // namespace

template <class T>
void normalize_forward_cuda(const ReduceGeometry& g, double p, double eps, const T* x, T* norm, T* y) {
  visit_norm(p, [&]<class Norm>(const Norm& f) {
    if (g.inner == 1) {
      launch<normalize_forward<32, Norm, T>>(teams_for<32>(g), g, f, eps, x, norm, y);
    } else {
      launch<normalize_forward<1, Norm, T>>(teams_for<1>(g), g, f, eps, x, norm, y);
    }
  });
}

template <class T>
void normalize_backward_cuda(const ReduceGeometry& g, double p, double eps, const T* x, const T* norm,
                             const T* dy, T* dx) {
  visit_norm(p, [&]<class Norm>(const Norm& f) {
    if (g.inner == 1) {
      launch<normalize_backward<32, Norm, T>>(teams_for<32>(g), g, f, eps, x, norm, dy, dx);
    } else {
      launch<normalize_backward<1, Norm, T>>(teams_for<1>(g), g, f, eps, x, norm, dy, dx);
    }
  });
}

template void normalize_forward_cuda(const ReduceGeometry&, double, double, const float*, float*, float*);
template void normalize_forward_cuda(const ReduceGeometry&, double, double, const double*, double*, double*);
template void normalize_backward_cuda(const ReduceGeometry&, double, double, const float*, const float*,
                                      const float*, float*);
template void normalize_backward_cuda(const ReduceGeometry&, double, double, const double*, const double*,
                                      const double*, double*);

}  // namespace helder::kernels
