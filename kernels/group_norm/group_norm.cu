#include "kernels/group_norm/group_norm.h"

#include "kernels/cuda/block_reduce.cuh"
#include "kernels/cuda/grid_stride.h"
#include "kernels/cuda/long_sum.cuh"
#include "kernels/cuda/workspace.h"

namespace helder::kernels {
namespace {

// A block for each of `count` runs of n numbers: a warp for about 256 of them, up to 32.
Launch blocks_for_runs(int64_t count, int64_t n) {
  return {.grid = blocks_for(count, 1),
          .block = 32 * static_cast<unsigned>(std::clamp<int64_t>(n / 256, 1, 32))};
}

// A block a group of a picture; x, y [batch, groups, group_channels, inner].
//
//   mean = sum of x / count,  variance = sum of (x - mean)^2 / count,  inverse_std = 1 / sqrt(variance +
//   eps), y = (x - mean) inverse_std weight[c] + bias[c]
template <class T>
__global__ void __launch_bounds__(1024)
    normalize_groups(GroupNormGeometry g, double eps, const T* __restrict__ x, const T* weight, const T* bias,
                     T* mean, T* variance, T* inverse_std, T* __restrict__ y) {
  const int64_t group = blockIdx.x, count = g.count();
  const int64_t inner = max(int64_t{1}, g.inner);
  const int64_t channel_step = blockDim.x / inner, pixel_step = blockDim.x % inner;
  const double share = 1 / static_cast<double>(max(int64_t{1}, count));
  const T* from = x + group * count;
  LongSum<T> sum;
  for (int64_t k = threadIdx.x; k < count; k += blockDim.x) {
    sum.add(from[k]);
  }
  const T m = static_cast<T>(block_sum(sum.total()) * share);
  LongSum<T> squares;
  for (int64_t k = threadIdx.x; k < count; k += blockDim.x) {
    squares.add((from[k] - m) * (from[k] - m));
  }
  const double var = block_sum(squares.total()) * share;
  const T s = T(1) / sqrt(static_cast<T>(var + eps));
  if (threadIdx.x == 0) {
    mean[group] = m;
    inverse_std[group] = s;
    if (variance != nullptr) {
      variance[group] = static_cast<T>(var);
    }
  }
  // Number k of the group is pixel i of channel c.
  int64_t c = group % g.groups * g.group_channels() + threadIdx.x / inner;
  int64_t i = threadIdx.x % inner;
  for (int64_t k = threadIdx.x; k < count; k += blockDim.x) {
    y[group * count + k] = (from[k] - m) * (s * (weight ? weight[c] : T(1))) + (bias ? bias[c] : T(0));
    c += channel_step;
    i += pixel_step;
    if (i >= inner) {
      i -= inner;
      ++c;
    }
  }
}

// of_plane[b, c] = the sums of dy and of dy h over a plane, h = (x - mean) inverse_std. A block a plane.
struct PlaneSums {
  double dy, dyh;
};
template <class T>
__global__ void __launch_bounds__(1024)
    sum_planes(GroupNormGeometry g, const T* __restrict__ x, const T* __restrict__ dy, const T* mean,
               const T* inverse_std, PlaneSums* of_plane) {
  const int64_t plane = blockIdx.x, group = plane / g.group_channels();
  const T m = mean[group];
  LongSum<T> sum, sum_centred;
  for (int64_t i = threadIdx.x; i < g.inner; i += blockDim.x) {
    const T d = dy[plane * g.inner + i];
    sum.add(d);
    sum_centred.add(d * (x[plane * g.inner + i] - m));
  }
  const double of_dy = block_sum(sum.total());
  const double of_centred = block_sum(sum_centred.total());
  if (threadIdx.x == 0) {
    of_plane[plane] = {of_dy, of_centred * static_cast<double>(inverse_std[group])};
  }
}

// dx = along_dy dy w + along_x (x - mean) + constant, for each group of each picture.
template <class T>
struct GroupGradient {
  T along_x, constant;
};
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    join_planes(GroupNormGeometry g, const PlaneSums* of_plane, const T* inverse_std, const T* weight,
                GroupGradient<T>* of_group) {
  for (int64_t group = grid_thread(); group < g.batch * g.groups; group += grid_threads()) {
    double along = 0, along_h = 0;  // the sums of dy w and of dy w h
    for (int64_t c = 0; c < g.group_channels(); ++c) {
      const PlaneSums of = of_plane[group * g.group_channels() + c];
      const double w = weight ? static_cast<double>(weight[group % g.groups * g.group_channels() + c]) : 1.0;
      along += of.dy * w;
      along_h += of.dyh * w;
    }
    const double n = static_cast<double>(g.count()), s = static_cast<double>(inverse_std[group]);
    of_group[group] = {static_cast<T>(-s * s * along_h / n), static_cast<T>(-s * along / n)};
  }
}

// A block a plane, as its sums were taken.
template <class T>
__global__ void __launch_bounds__(1024)
    plane_gradients(GroupNormGeometry g, const T* __restrict__ x, const T* __restrict__ dy, const T* mean,
                    const T* inverse_std, const T* weight, const GroupGradient<T>* of_group,
                    T* __restrict__ dx) {
  const int64_t plane = blockIdx.x, group = plane / g.group_channels();
  const T m = mean[group], along_dy = inverse_std[group] * (weight ? weight[plane % g.channels] : T(1));
  const GroupGradient<T> of = of_group[group];
  for (int64_t i = plane * g.inner + threadIdx.x; i < (plane + 1) * g.inner; i += blockDim.x) {
    dx[i] = dy[i] * along_dy + ((x[i] - m) * of.along_x + of.constant);
  }
}

// dweight[c] and dbias[c] = the sums over b of of_plane[b, c].
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    add_pictures(int64_t batch, int64_t channels, const PlaneSums* of_plane, T* dweight, T* dbias) {
  for (int64_t c = grid_thread(); c < channels; c += grid_threads()) {
    double dw = 0, db = 0;
    for (int64_t b = 0; b < batch; ++b) {
      const PlaneSums of = of_plane[b * channels + c];
      db += of.dy;
      dw += of.dyh;
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
__global__ void __launch_bounds__(kBlockThreads)
    move_running(GroupNormGeometry g, double momentum, const T* mean, const T* variance, T* running_mean,
                 T* running_var) {
  const double n = static_cast<double>(g.count()), bessel = n / (n - 1);
  const double share = momentum / static_cast<double>(g.batch);
  for (int64_t c = grid_thread(); c < g.channels; c += grid_threads()) {
    double means = 0, variances = 0;
    for (int64_t b = 0; b < g.batch; ++b) {
      means += static_cast<double>(mean[b * g.channels + c]);
      variances += static_cast<double>(variance[b * g.channels + c]) * bessel;
    }
    running_mean[c] = static_cast<T>((1 - momentum) * static_cast<double>(running_mean[c]) + share * means);
    running_var[c] = static_cast<T>((1 - momentum) * static_cast<double>(running_var[c]) + share * variances);
  }
}

}  // namespace

template <class T>
void group_norm_forward_cuda(const GroupNormGeometry& g, double eps, const T* x, const T* weight,
                             const T* bias, T* mean, T* variance, T* inverse_std, T* y) {
  if (g.batch * g.groups > 0) {
    launch<normalize_groups<T>>(blocks_for_runs(g.batch * g.groups, g.count()), g, eps, x, weight, bias, mean,
                                variance, inverse_std, y);
  }
}

template <class T>
void group_norm_backward_cuda(const GroupNormGeometry& g, const T* x, const T* dy, const T* mean,
                              const T* inverse_std, const T* weight, T* dx, T* dweight, T* dbias) {
  const int64_t planes = g.batch * g.channels;
  const CudaWorkspace<PlaneSums> of_plane(planes);
  if (planes > 0) {
    const Launch by_plane = blocks_for_runs(planes, g.inner);
    launch<sum_planes<T>>(by_plane, g, x, dy, mean, inverse_std, of_plane.data());
    if (dx != nullptr) {
      const CudaWorkspace<GroupGradient<T>> of_group(g.batch * g.groups);
      launch<join_planes<T>>(grid_for(g.batch * g.groups), g, of_plane.data(), inverse_std, weight,
                             of_group.data());
      launch<plane_gradients<T>>(by_plane, g, x, dy, mean, inverse_std, weight, of_group.data(), dx);
    }
  }
  if (dweight != nullptr || dbias != nullptr) {
    launch<add_pictures<T>>(grid_for(g.channels), g.batch, g.channels, of_plane.data(), dweight, dbias);
  }
}

template <class T>
void instance_norm_running_cuda(const GroupNormGeometry& g, double momentum, const T* mean, const T* variance,
                                T* running_mean, T* running_var) {
  if (g.batch * g.count() > 0) {
    launch<move_running<T>>(grid_for(g.channels), g, momentum, mean, variance, running_mean, running_var);
  }
}

template void group_norm_forward_cuda(const GroupNormGeometry&, double, const float*, const float*,
                                      const float*, float*, float*, float*, float*);
template void group_norm_forward_cuda(const GroupNormGeometry&, double, const double*, const double*,
                                      const double*, double*, double*, double*, double*);
template void group_norm_backward_cuda(const GroupNormGeometry&, const float*, const float*, const float*,
                                       const float*, const float*, float*, float*, float*);
template void group_norm_backward_cuda(const GroupNormGeometry&, const double*, const double*, const double*,
                                       const double*, const double*, double*, double*, double*);
template void instance_norm_running_cuda(const GroupNormGeometry&, double, const float*, const float*, float*,
                                         float*);
template void instance_norm_running_cuda(const GroupNormGeometry&, double, const double*, const double*,
                                         double*, double*);

}  // namespace helder::kernels
