#include "kernels/cross_entropy/cross_entropy.h"

#include "kernels/softmax/columns.cuh"

namespace helder::kernels {
namespace {

// With z = x - maximum and log p = z - log_total:
//
//   loss = -(1 - s) w[t] log p[t] - s/n sum over k of w[k] log p[k];  0 where the label t is ignored
template <int Lanes, class T>
__global__ void __launch_bounds__(kBlockThreads)
    cross_entropy_forward(ReduceGeometry g, T smoothing, int64_t ignored, const T* x, const int64_t* label,
                          const T* weight, T* maximum, T* log_total, T* loss) {
  for (Team<Lanes> team(g); team.column < g.outer * g.inner; team.next()) {
    const T top = g.n > 0 ? column_maximum(team, x) : -T(HUGE_VAL);
    const T log_sum = log(power_sum(team, x, top));
    T of_even_share = 0;
    if (smoothing != T(0)) {
      for (int64_t k = team.first(); k < g.n; k += Lanes) {
        of_even_share += (weight ? weight[k] : T(1)) * (log_sum - (x[team.at(k)] - top));
      }
      of_even_share = team.reduce(Plus{}, of_even_share);
    }
    if (team.is_first()) {
      const int64_t t = label[team.column];
      maximum[team.column] = top;
      log_total[team.column] = log_sum;
      loss[team.column] = T(0);
      if (t != ignored) {
        const T of_label = (weight ? weight[t] : T(1)) * (log_sum - (x[team.at(t)] - top));
        loss[team.column] = (T(1) - smoothing) * of_label + smoothing / static_cast<T>(g.n) * of_even_share;
      }
    }
  }
}

// dx = scale dloss (W p[k] - (1 - s) w[t] [k = t] - s/n w[k]),  W = (1 - s) w[t] + s/n sum of w;  0 where the
// label is ignored.
template <int Lanes, class T>
__global__ void __launch_bounds__(kBlockThreads)
    cross_entropy_backward(ReduceGeometry g, T smoothing, int64_t ignored, const T* x, const int64_t* label,
                           const T* weight, const T* maximum, const T* log_total, const T* dloss,
                           bool one_dloss, T scale, T* dx) {
  const T even_share = smoothing / static_cast<T>(g.n);
  for (Team<Lanes> team(g); team.column < g.outer * g.inner; team.next()) {
    const int64_t t = label[team.column];
    // An ignored label chooses 0 instead of multiplying by it: the factor of a mean over no labels is not
    // finite.
    if (t == ignored) {
      for (int64_t k = team.first(); k < g.n; k += Lanes) {
        dx[team.at(k)] = T(0);
      }
      continue;
    }
    const T factor = scale * dloss[one_dloss ? 0 : team.column];
    const T log_sum = log_total[team.column], top = maximum[team.column];
    const T of_label = (T(1) - smoothing) * (weight ? weight[t] : T(1));
    T mass = 1;  // W, of the target's distribution
    if (weight) {
      T sum = 0;
      for (int64_t k = team.first(); smoothing != T(0) && k < g.n; k += Lanes) {
        sum += weight[k];
      }
      mass = of_label + even_share * team.reduce(Plus{}, sum);
    }
    for (int64_t k = team.first(); k < g.n; k += Lanes) {
      const T p = exp(x[team.at(k)] - top - log_sum);
      const T q = (k == t ? of_label : T(0)) + even_share * (weight ? weight[k] : T(1));
      dx[team.at(k)] = factor * (mass * p - q);
    }
  }
}

}  // namespace

template <class T>
void cross_entropy_forward_cuda(const ReduceGeometry& g, const CrossEntropyRule& rule, const T* x,
                                const int64_t* label, const T* weight, T* maximum, T* log_total, T* loss) {
  const T smoothing = static_cast<T>(rule.label_smoothing);
  if (g.inner == 1) {
    launch<cross_entropy_forward<32, T>>(teams_for<32>(g), g, smoothing, rule.ignore_index, x, label, weight,
                                         maximum, log_total, loss);
  } else {
    launch<cross_entropy_forward<1, T>>(teams_for<1>(g), g, smoothing, rule.ignore_index, x, label, weight,
                                        maximum, log_total, loss);
  }
}

template <class T>
void cross_entropy_backward_cuda(const ReduceGeometry& g, const CrossEntropyRule& rule, const T* x,
                                 const int64_t* label, const T* weight, const T* maximum, const T* log_total,
                                 const T* dloss, bool one_dloss, double scale, T* dx) {
  const T smoothing = static_cast<T>(rule.label_smoothing), factor = static_cast<T>(scale);
  if (g.inner == 1) {
    launch<cross_entropy_backward<32, T>>(teams_for<32>(g), g, smoothing, rule.ignore_index, x, label, weight,
                                          maximum, log_total, dloss, one_dloss, factor, dx);
  } else {
    launch<cross_entropy_backward<1, T>>(teams_for<1>(g), g, smoothing, rule.ignore_index, x, label, weight,
                                         maximum, log_total, dloss, one_dloss, factor, dx);
  }
}

template void cross_entropy_forward_cuda(const ReduceGeometry&, const CrossEntropyRule&, const float*,
                                         const int64_t*, const float*, float*, float*, float*);
template void cross_entropy_forward_cuda(const ReduceGeometry&, const CrossEntropyRule&, const double*,
                                         const int64_t*, const double*, double*, double*, double*);
template void cross_entropy_backward_cuda(const ReduceGeometry&, const CrossEntropyRule&, const float*,
                                          const int64_t*, const float*, const float*, const float*,
                                          const float*, bool, double, float*);
template void cross_entropy_backward_cuda(const ReduceGeometry&, const CrossEntropyRule&, const double*,
                                          const int64_t*, const double*, const double*, const double*,
                                          const double*, bool, double, double*);

}  // namespace helder::kernels
