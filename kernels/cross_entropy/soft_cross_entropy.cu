#include "kernels/cross_entropy/soft_cross_entropy.h"

#include "kernels/softmax/columns.cuh"

namespace helder::kernels {
namespace {

// q[k] = ((1 - s) t[k] + s/n) weight[k] of a column.
template <int Lanes, class T>
__device__ T target_mass(const SoftCrossEntropy<T>& s, const Team<Lanes>& team, int64_t k) {
  const T q = (T(1) - s.smoothing) * s.t[team.at(k)] + s.smoothing / static_cast<T>(s.g.n);
  return s.weight ? q * s.weight[k] : q;
}

// loss = - sum over k of q[k] log p[k],  log p = x - maximum - log_total.
template <int Lanes, class T>
__global__ void __launch_bounds__(kBlockThreads)
    soft_cross_entropy_forward(SoftCrossEntropy<T> s, T* maximum, T* log_total, T* loss) {
  for (Team<Lanes> team(s.g); team.column < s.g.outer * s.g.inner; team.next()) {
    const T top = s.g.n > 0 ? column_maximum(team, s.x) : -T(HUGE_VAL);
    const T log_sum = log(power_sum(team, s.x, top));
    T total = 0;
    for (int64_t k = team.first(); k < s.g.n; k += Lanes) {
      total += target_mass(s, team, k) * (log_sum - (s.x[team.at(k)] - top));
    }
    total = team.reduce(Plus{}, total);
    if (team.is_first()) {
      maximum[team.column] = top;
      log_total[team.column] = log_sum;
      loss[team.column] = total;
    }
  }
}

// dx = scale dloss ((sum of q) p[k] - q[k]).
template <int Lanes, class T>
__global__ void __launch_bounds__(kBlockThreads)
    soft_cross_entropy_backward_x(SoftCrossEntropy<T> s, const T* maximum, const T* log_total, const T* dloss,
                                  bool one_dloss, T scale, T* dx) {
  for (Team<Lanes> team(s.g); team.column < s.g.outer * s.g.inner; team.next()) {
    const T factor = scale * dloss[one_dloss ? 0 : team.column];
    const T top = maximum[team.column], log_sum = log_total[team.column];
    T mass = 0;
    for (int64_t k = team.first(); k < s.g.n; k += Lanes) {
      mass += target_mass(s, team, k);
    }
    mass = team.reduce(Plus{}, mass);
    for (int64_t k = team.first(); k < s.g.n; k += Lanes) {
      const T p = exp(s.x[team.at(k)] - top - log_sum);
      dx[team.at(k)] = factor * (mass * p - target_mass(s, team, k));
    }
  }
}

// dt = -scale dloss (1 - s) weight[k] log p[k].
template <int Lanes, class T>
__global__ void __launch_bounds__(kBlockThreads)
    soft_cross_entropy_backward_target(SoftCrossEntropy<T> s, const T* maximum, const T* log_total,
                                       const T* dloss, bool one_dloss, T scale, T* dt) {
  for (Team<Lanes> team(s.g); team.column < s.g.outer * s.g.inner; team.next()) {
    const T factor = scale * (T(1) - s.smoothing) * dloss[one_dloss ? 0 : team.column];
    const T top = maximum[team.column], log_sum = log_total[team.column];
    for (int64_t k = team.first(); k < s.g.n; k += Lanes) {
      dt[team.at(k)] = factor * (s.weight ? s.weight[k] : T(1)) * (log_sum - (s.x[team.at(k)] - top));
    }
  }
}

}  // namespace

template <class T>
void soft_cross_entropy_forward_cuda(const SoftCrossEntropy<T>& s, T* maximum, T* log_total, T* loss) {
  if (s.g.inner == 1) {
    launch<soft_cross_entropy_forward<32, T>>(teams_for<32>(s.g), s, maximum, log_total, loss);
  } else {
    launch<soft_cross_entropy_forward<1, T>>(teams_for<1>(s.g), s, maximum, log_total, loss);
  }
}

template <class T>
void soft_cross_entropy_backward_x_cuda(const SoftCrossEntropy<T>& s, const T* maximum, const T* log_total,
                                        const T* dloss, bool one_dloss, double scale, T* dx) {
  const T factor = static_cast<T>(scale);
  if (s.g.inner == 1) {
    launch<soft_cross_entropy_backward_x<32, T>>(teams_for<32>(s.g), s, maximum, log_total, dloss, one_dloss,
                                                 factor, dx);
  } else {
    launch<soft_cross_entropy_backward_x<1, T>>(teams_for<1>(s.g), s, maximum, log_total, dloss, one_dloss,
                                                factor, dx);
  }
}

template <class T>
void soft_cross_entropy_backward_target_cuda(const SoftCrossEntropy<T>& s, const T* maximum,
                                             const T* log_total, const T* dloss, bool one_dloss, double scale,
                                             T* dt) {
  const T factor = static_cast<T>(scale);
  if (s.g.inner == 1) {
    launch<soft_cross_entropy_backward_target<32, T>>(teams_for<32>(s.g), s, maximum, log_total, dloss,
                                                      one_dloss, factor, dt);
  } else {
    launch<soft_cross_entropy_backward_target<1, T>>(teams_for<1>(s.g), s, maximum, log_total, dloss,
                                                     one_dloss, factor, dt);
  }
}

template void soft_cross_entropy_forward_cuda(const SoftCrossEntropy<float>&, float*, float*, float*);
template void soft_cross_entropy_backward_x_cuda(const SoftCrossEntropy<float>&, const float*, const float*,
                                                 const float*, bool, double, float*);
template void soft_cross_entropy_backward_target_cuda(const SoftCrossEntropy<float>&, const float*,
                                                      const float*, const float*, bool, double, float*);
template void soft_cross_entropy_forward_cuda(const SoftCrossEntropy<double>&, double*, double*, double*);
template void soft_cross_entropy_backward_x_cuda(const SoftCrossEntropy<double>&, const double*,
                                                 const double*, const double*, bool, double, double*);
template void soft_cross_entropy_backward_target_cuda(const SoftCrossEntropy<double>&, const double*,
                                                      const double*, const double*, bool, double, double*);

}  // namespace helder::kernels
