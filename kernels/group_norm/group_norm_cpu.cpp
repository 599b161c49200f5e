#include "kernels/group_norm/group_norm.h"

#include <algorithm>
#include <cmath>

#include "kernels/runs.h"
#include "tensor/parallel.h"
#include "tensor/workspace.h"

namespace helder::kernels {
namespace {

// Calls body(group, first, channel): `group` numbers all groups of all pictures, `first` all their channels
// (planes), and `channel` is that plane's number within its picture.
template <class Body>
void for_each_group(const GroupNormGeometry& g, const Body& body) {
  const int64_t grain = std::max<int64_t>(1, kElementGrain / std::max<int64_t>(1, g.count()));
  parallel_for(g.batch * g.groups, grain, [&](int64_t begin, int64_t end) {
    for (int64_t group = begin; group < end; ++group) {
      body(group, group * g.group_channels(), group % g.groups * g.group_channels());
    }
  });
}

}  // namespace

template <class T>
void group_norm_forward_cpu(const GroupNormGeometry& g, double eps, const T* x, const T* weight,
                            const T* bias, T* mean, T* variance, T* inverse_std, T* y) {
  const double n = static_cast<double>(std::max<int64_t>(1, g.count()));
  for_each_group(g, [&](int64_t group, int64_t first, int64_t channel) {
    const T* from = x + first * g.inner;
    const auto [sum] =
        sum_run<T, 1>(g.count(), [=](int64_t i, auto at, auto* sums) { sums[0] += at.load(from + i); });
    const T m = mean[group] = static_cast<T>(sum / n);
    const auto [squares] = sum_run<T, 1>(g.count(), [=](int64_t i, auto at, auto* sums) {
      const auto centred = at.load(from + i) - m;
      sums[0] += centred * centred;
    });
    inverse_std[group] = static_cast<T>(1 / std::sqrt(squares / n + eps));
    if (variance != nullptr) {
      variance[group] = static_cast<T>(squares / n);
    }
    for (int64_t c = 0; c < g.group_channels(); ++c) {
      const T* plane = from + c * g.inner;
      T* to = y + (first + c) * g.inner;
      const T scale = inverse_std[group] * (weight ? weight[channel + c] : T(1));
      const T shift = bias ? bias[channel + c] : T(0);
      for_each_in_run<T>(
          g.inner, [=](int64_t i, auto at) { at.store(to + i, (at.load(plane + i) - m) * scale + shift); });
    }
  });
}

template <class T>
void group_norm_backward_cpu(const GroupNormGeometry& g, const T* x, const T* dy, const T* mean,
                             const T* inverse_std, const T* weight, T* dx, T* dweight, T* dbias) {
  const double n = static_cast<double>(g.count());
  // For each plane: the sum of dy, and that of dy h.
  const Workspace<double> sum_dy(g.batch * g.channels), sum_dyh(g.batch * g.channels);
  for_each_group(g, [&](int64_t group, int64_t first, int64_t channel) {
    const T m = mean[group];
    const double s = static_cast<double>(inverse_std[group]);
    const auto weight_of = [=](int64_t c) { return weight ? weight[channel + c] : T(1); };
    double along = 0, along_h = 0;  // the sums of dy w and of dy w h over the group
    for (int64_t c = 0; c < g.group_channels(); ++c) {
      const T* plane = x + (first + c) * g.inner;
      const T* dplane = dy + (first + c) * g.inner;
      const auto [sum, sum_centred] = sum_run<T, 2>(g.inner, [=](int64_t i, auto at, auto* sums) {
        const auto d = at.load(dplane + i);
        sums[0] += d;
        sums[1] += d * (at.load(plane + i) - m);
      });
      sum_dy[first + c] = sum;
      sum_dyh[first + c] = sum_centred * s;
      along += sum_dy[first + c] * static_cast<double>(weight_of(c));
      along_h += sum_dyh[first + c] * static_cast<double>(weight_of(c));
    }
    if (dx == nullptr) {
      return;
    }
    const T along_x = static_cast<T>(-s * s * along_h / n);
    const T constant = static_cast<T>(-s * along / n);
    for (int64_t c = 0; c < g.group_channels(); ++c) {
      const T* plane = x + (first + c) * g.inner;
      const T* dplane = dy + (first + c) * g.inner;
      T* to = dx + (first + c) * g.inner;
      const T along_dy = inverse_std[group] * weight_of(c);
      for_each_in_run<T>(g.inner, [=](int64_t i, auto at) {
        const auto centred = at.load(plane + i) - m;
        at.store(to + i, at.load(dplane + i) * along_dy + (centred * along_x + constant));
      });
    }
  });
  for (int64_t c = 0; c < g.channels; ++c) {
    double db = 0, dw = 0;
    for (int64_t b = 0; b < g.batch; ++b) {
      db += sum_dy[b * g.channels + c];
      dw += sum_dyh[b * g.channels + c];
    }
    if (dweight != nullptr) {
      dweight[c] = static_cast<T>(dw);
    }
    if (dbias != nullptr) {
      dbias[c] = static_cast<T>(db);
    }
  }
}

template <class T>
void instance_norm_running_cpu(const GroupNormGeometry& g, double momentum, const T* mean, const T* variance,
                               T* running_mean, T* running_var) {
  if (g.batch * g.count() == 0) {
    return;
  }
  const double n = static_cast<double>(g.count());
  const double bessel = n / (n - 1);
  for (int64_t c = 0; c < g.channels; ++c) {
    double means = 0, variances = 0;
    for (int64_t b = 0; b < g.batch; ++b) {
      means += static_cast<double>(mean[b * g.channels + c]);
      variances += static_cast<double>(variance[b * g.channels + c]) * bessel;
    }
    const auto move = [&](T& running, double sum) {
      running = static_cast<T>((1 - momentum) * static_cast<double>(running) +
                               momentum * sum / static_cast<double>(g.batch));
    };
    move(running_mean[c], means);
    move(running_var[c], variances);
  }
}

template void group_norm_forward_cpu(const GroupNormGeometry&, double, const float*, const float*,
                                     const float*, float*, float*, float*, float*);
template void group_norm_forward_cpu(const GroupNormGeometry&, double, const double*, const double*,
                                     const double*, double*, double*, double*, double*);
template void group_norm_backward_cpu(const GroupNormGeometry&, const float*, const float*, const float*,
                                      const float*, const float*, float*, float*, float*);
template void group_norm_backward_cpu(const GroupNormGeometry&, const double*, const double*, const double*,
                                      const double*, const double*, double*, double*, double*);
template void instance_norm_running_cpu(const GroupNormGeometry&, double, const float*, const float*, float*,
                                        float*);
template void instance_norm_running_cpu(const GroupNormGeometry&, double, const double*, const double*,
                                        double*, double*);

}  // namespace helder::kernels
