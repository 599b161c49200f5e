#include "kernels/softmax/softmax.h"

#include "kernels/softmax/columns.cuh"
#include "kernels/softmax/logsumexp.h"

namespace helder::kernels {
namespace {

// y = e^(x - m) / sum of e^(x - m), m = max of x.
template <int Lanes, class T>
__global__ void __launch_bounds__(256) softmax_forward(ReduceGeometry g, const T* x, T* y) {
  for (Team<Lanes> team(g); team.column < g.outer * g.inner; team.next()) {
    const T maximum = column_maximum(team, x);
    const T scale = T(1) / power_sum(team, x, maximum);
    for (int64_t k = team.first(); k < g.n; k += Lanes) {
      y[team.at(k)] = exp(x[team.at(k)] - maximum) * scale;
    }
  }
}

// dx = y (dy - sum of dy y).
template <int Lanes, class T>
__global__ void __launch_bounds__(256) softmax_backward(ReduceGeometry g, const T* y, const T* dy, T* dx) {
  for (Team<Lanes> team(g); team.column < g.outer * g.inner; team.next()) {
    T dot = 0;
    for (int64_t k = team.first(); k < g.n; k += Lanes) {
      dot += dy[team.at(k)] * y[team.at(k)];
    }
    dot = team.reduce(Plus{}, dot);
    for (int64_t k = team.first(); k < g.n; k += Lanes) {
      dx[team.at(k)] = y[team.at(k)] * (dy[team.at(k)] - dot);
    }
  }
}

// y = x - m - ln(sum of e^(x - m)).
template <int Lanes, class T>
__global__ void __launch_bounds__(256) log_softmax_forward(ReduceGeometry g, const T* x, T* y) {
  for (Team<Lanes> team(g); team.column < g.outer * g.inner; team.next()) {
    const T maximum = column_maximum(team, x);
    const T log_total = log(power_sum(team, x, maximum));
    for (int64_t k = team.first(); k < g.n; k += Lanes) {
      y[team.at(k)] = x[team.at(k)] - maximum - log_total;
    }
  }
}

// dx = dy - e^y sum of dy.
template <int Lanes, class T>
__global__ void __launch_bounds__(256)
    log_softmax_backward(ReduceGeometry g, const T* y, const T* dy, T* dx) {
  for (Team<Lanes> team(g); team.column < g.outer * g.inner; team.next()) {
    T total = 0;
    for (int64_t k = team.first(); k < g.n; k += Lanes) {
      total += dy[team.at(k)];
    }
    total = team.reduce(Plus{}, total);
    for (int64_t k = team.first(); k < g.n; k += Lanes) {
      dx[team.at(k)] = dy[team.at(k)] - exp(y[team.at(k)]) * total;
    }
  }
}

// y = shift + ln total, total = sum of e^(x - shift), shift = max of x or 0 where that is infinite.
template <int Lanes, class T>
__global__ void __launch_bounds__(256) logsumexp(ReduceGeometry g, const T* x, T* shift, T* total, T* y) {
  for (Team<Lanes> team(g); team.column < g.outer * g.inner; team.next()) {
    // Of no numbers the largest is minus infinity.
    const T maximum = g.n > 0 ? column_maximum(team, x) : -T(HUGE_VAL);
    const T finite = isinf(maximum) ? T(0) : maximum;
    const T sum = power_sum(team, x, finite);
    if (team.is_first()) {
      shift[team.column] = finite;
      total[team.column] = sum;
      y[team.column] = finite + log(sum);
    }
  }
}

}  // namespace

template <class T>
void softmax_forward_cuda(const ReduceGeometry& g, const T* x, T* y) {
  if (g.n == 0) {
    return;
  }
  if (g.inner == 1) {
    launch<softmax_forward<32, T>>(teams_for<32>(g), g, x, y);
  } else {
    launch<softmax_forward<1, T>>(teams_for<1>(g), g, x, y);
  }
}

template <class T>
void softmax_backward_cuda(const ReduceGeometry& g, const T* y, const T* dy, T* dx) {
  if (g.n == 0) {
    return;
  }
  if (g.inner == 1) {
    launch<softmax_backward<32, T>>(teams_for<32>(g), g, y, dy, dx);
  } else {
    launch<softmax_backward<1, T>>(teams_for<1>(g), g, y, dy, dx);
  }
}

template <class T>
void log_softmax_forward_cuda(const ReduceGeometry& g, const T* x, T* y) {
  if (g.n == 0) {
    return;
  }
  if (g.inner == 1) {
    launch<log_softmax_forward<32, T>>(teams_for<32>(g), g, x, y);
  } else {
    launch<log_softmax_forward<1, T>>(teams_for<1>(g), g, x, y);
  }
}

template <class T>
void log_softmax_backward_cuda(const ReduceGeometry& g, const T* y, const T* dy, T* dx) {
  if (g.n == 0) {
    return;
  }
  if (g.inner == 1) {
    launch<log_softmax_backward<32, T>>(teams_for<32>(g), g, y, dy, dx);
  } else {
    launch<log_softmax_backward<1, T>>(teams_for<1>(g), g, y, dy, dx);
  }
}

template <class T>
void logsumexp_cuda(const ReduceGeometry& g, const T* x, T* shift, T* total, T* y) {
  if (g.inner == 1) {
    launch<logsumexp<32, T>>(teams_for<32>(g), g, x, shift, total, y);
  } else {
    launch<logsumexp<1, T>>(teams_for<1>(g), g, x, shift, total, y);
  }
}

template void softmax_forward_cuda(const ReduceGeometry&, const float*, float*);
template void softmax_backward_cuda(const ReduceGeometry&, const float*, const float*, float*);
template void log_softmax_forward_cuda(const ReduceGeometry&, const float*, float*);
template void log_softmax_backward_cuda(const ReduceGeometry&, const float*, const float*, float*);
template void logsumexp_cuda(const ReduceGeometry&, const float*, float*, float*, float*);
template void softmax_forward_cuda(const ReduceGeometry&, const double*, double*);
template void softmax_backward_cuda(const ReduceGeometry&, const double*, const double*, double*);
template void log_softmax_forward_cuda(const ReduceGeometry&, const double*, double*);
template void log_softmax_backward_cuda(const ReduceGeometry&, const double*, const double*, double*);
template void logsumexp_cuda(const ReduceGeometry&, const double*, double*, double*, double*);

}  // namespace helder::kernels
