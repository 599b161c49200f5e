#include "kernels/batch_norm/batch_norm.h"

#include "kernels/cuda/block_reduce.cuh"
#include "kernels/cuda/grid_stride.h"
#include "kernels/cuda/long_sum.cuh"
#include "kernels/cuda/workspace.h"

namespace helder::kernels {
namespace {

// How the count() numbers of each channel are cut, so that few channels have work for many blocks too: parts
// of one size but the last.
struct Parts {
  int64_t size, count;

  explicit Parts(const BatchNormGeometry& g) {
    constexpr int64_t kMost = 64;
    const int64_t least = g.inner == 1 ? 256 : 8192;  // where a channel has 8 threads, and 256
    size = std::max(least, (g.count() + kMost - 1) / kMost);
    count = (g.count() + size - 1) / size;
  }
  __device__ int64_t end(const BatchNormGeometry& g, int64_t part) const {
    return min(g.count(), (part + 1) * size);
  }
};

// A block's way through a part of its channels. Number k of channel c is x[k / inner, c, k % inner]. Where a
// channel has runs in memory a block of 256 threads takes one channel; where inner is 1, channels are
// neighbours, and it takes 32 of them with eight threads each.
//
//   for (Walk<kChannels> walk(g, parts); walk.more(); walk.next()) { ... x[walk.at] ... }
template <int kChannels>
struct Walk {
  static constexpr int kThreads = kBlockThreads / kChannels;  // that share a channel
  int64_t channel, part, at;

  __device__ Walk(const BatchNormGeometry& g, const Parts& parts)
      : channel(blockIdx.x / parts.count * kChannels + threadIdx.x % kChannels),
        part(blockIdx.x % parts.count),
        k_(part * parts.size + threadIdx.x / kChannels),
        end_(channel < g.channels ? parts.end(g, part) : 0),
        i_(k_ % g.inner),
        inner_(g.inner),
        step_(kThreads % g.inner),
        planes_step_(kThreads / g.inner * g.channels * g.inner + step_),
        next_plane_((g.channels - 1) * g.inner) {
    at = (k_ / g.inner * g.channels + channel) * g.inner + i_;
  }
  __device__ bool more() const { return k_ < end_; }
  __device__ void next() {  // without a division
    k_ += kThreads;
    at += planes_step_;
    i_ += step_;
    if (i_ >= inner_) {
      i_ -= inner_;
      at += next_plane_;
    }
  }

 private:
  int64_t k_, end_, i_, inner_, step_, planes_step_, next_plane_;
};

// The sum over the threads that share a channel; all threads of the block have to call it, and get it.
template <int kChannels>
__device__ double channel_sum(double value) {
  if constexpr (kChannels == 1) {
    return block_sum(value);
  } else {
    constexpr int kThreads = kBlockThreads / kChannels;
    __shared__ Shared<double[kThreads][kChannels]> of_thread;
    const int channel = threadIdx.x % kChannels;
    of_thread[threadIdx.x / kChannels][channel] = value;
    __syncthreads();
    double total = 0;
    for (int t = 0; t < kThreads; ++t) {
      total += of_thread[t][channel];
    }
    __syncthreads();
    return total;
  }
}

template <int kChannels>
Launch grid_of(const BatchNormGeometry& g, const Parts& parts) {
  const int64_t blocks = (g.channels + kChannels - 1) / kChannels * parts.count;
  return {.grid = blocks_for(blocks, 1), .block = kBlockThreads};
}

// of_part[part, c] = the mean of a part of channel c and the sum of squares around it. The second reading
// finds the part in a cache.
struct Moments {
  double mean, squares;
};
template <int kChannels, class T>
__global__ void __launch_bounds__(kBlockThreads)
    part_moments(BatchNormGeometry g, Parts parts, const T* __restrict__ x, Moments* of_part) {
  const Walk<kChannels> start(g, parts);
  LongSum<T> sum;
  for (Walk<kChannels> walk = start; walk.more(); walk.next()) {
    sum.add(x[walk.at]);
  }
  const double n = static_cast<double>(parts.end(g, start.part) - start.part * parts.size);
  const double mean = channel_sum<kChannels>(sum.total()) / n;
  const T m = static_cast<T>(mean);
  LongSum<T> squares;
  for (Walk<kChannels> walk = start; walk.more(); walk.next()) {
    const T centred = x[walk.at] - m;
    squares.add(centred * centred);
  }
  const double sum_of_squares = channel_sum<kChannels>(squares.total());
  if (threadIdx.x < kChannels && start.channel < g.channels) {
    of_part[start.part * g.channels + start.channel] = {mean, sum_of_squares};
  }
}

// mean, inverse_std and the running statistics of each channel. Two sets of numbers join as in Chan, Golub
// and LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances" (1979):
//
//   squares = squares_a + squares_b + (mean_b - mean_a)^2 n_a n_b / (n_a + n_b)
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    join_moments(BatchNormGeometry g, Parts parts, double eps, double momentum, const Moments* of_part,
                 T* mean, T* inverse_std, T* running_mean, T* running_var) {
  for (int64_t c = grid_thread(); c < g.channels; c += grid_threads()) {
    double n = 0, m = 0, squares = 0;
    for (int64_t part = 0; part < parts.count; ++part) {
      const Moments of = of_part[part * g.channels + c];
      const double count = static_cast<double>(parts.end(g, part) - part * parts.size);
      const double distance = of.mean - m, share = count / (n + count);
      m += distance * share;
      squares += of.squares + distance * distance * n * share;
      n += count;
    }
    mean[c] = static_cast<T>(m);
    inverse_std[c] = n == 0 ? T(0) : static_cast<T>(1 / sqrt(squares / n + eps));
    if (n > 0 && running_mean != nullptr) {
      running_mean[c] = static_cast<T>((1 - momentum) * static_cast<double>(running_mean[c]) + momentum * m);
      running_var[c] =
          static_cast<T>((1 - momentum) * static_cast<double>(running_var[c]) + momentum * squares / (n - 1));
    }
  }
}

// mean = running_mean,  inverse_std = 1 / sqrt(running_var + eps).
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    fixed_moments(int64_t channels, T eps, const T* running_mean, const T* running_var, T* mean,
                  T* inverse_std) {
  for (int64_t c = grid_thread(); c < channels; c += grid_threads()) {
    mean[c] = running_mean[c];
    inverse_std[c] = T(1) / sqrt(running_var[c] + eps);
  }
}

// y = (x - mean) inverse_std weight + bias.
template <int kChannels, class T>
__global__ void __launch_bounds__(kBlockThreads)
    apply_to_channels(BatchNormGeometry g, Parts parts, const T* __restrict__ x, const T* mean,
                      const T* inverse_std, const T* weight, const T* bias, T* __restrict__ y) {
  Walk<kChannels> walk(g, parts);
  if (!walk.more()) {
    return;
  }
  const int64_t c = walk.channel;
  // The mean goes first: x scale - mean scale would lose the digits that a mean far from 0 takes up.
  const T m = mean[c], scale = inverse_std[c] * (weight ? weight[c] : T(1)), shift = bias ? bias[c] : T(0);
  for (; walk.more(); walk.next()) {
    y[walk.at] = (x[walk.at] - m) * scale + shift;
  }
}

// of_part[part, c] = the sums of dy and of (x - mean) dy over a part of channel c.
struct GradientSums {
  double dy, xdy;
};
template <int kChannels, class T>
__global__ void __launch_bounds__(kBlockThreads)
    part_gradient_sums(BatchNormGeometry g, Parts parts, const T* __restrict__ x, const T* __restrict__ dy,
                       const T* mean, GradientSums* of_part) {
  Walk<kChannels> walk(g, parts);
  const T m = walk.more() ? mean[walk.channel] : T(0);
  LongSum<T> sum_dy, sum_xdy;
  for (; walk.more(); walk.next()) {
    const T d = dy[walk.at];
    sum_dy.add(d);
    sum_xdy.add((x[walk.at] - m) * d);
  }
  const double of_dy = channel_sum<kChannels>(sum_dy.total());
  const double of_xdy = channel_sum<kChannels>(sum_xdy.total());
  if (threadIdx.x < kChannels && walk.channel < g.channels) {
    of_part[walk.part * g.channels + walk.channel] = {of_dy, of_xdy};
  }
}

// dx = along_dy dy + along_x (x - mean) + constant.
template <class T>
struct InputGradient {
  T along_dy, along_x, constant;
};

// dweight, dbias, and how dx is made, of each channel. Without sums (evaluation) dx is along dy alone.
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    join_gradient_sums(BatchNormGeometry g, int64_t parts, bool training, const GradientSums* of_part,
                       const T* inverse_std, const T* weight, T* dweight, T* dbias, InputGradient<T>* of_x) {
  for (int64_t c = grid_thread(); c < g.channels; c += grid_threads()) {
    double sum_dy = 0, sum_xdy = 0;
    for (int64_t part = 0; part < parts; ++part) {
      const GradientSums of = of_part[part * g.channels + c];
      sum_dy += of.dy;
      sum_xdy += of.xdy;
    }
    const double s = static_cast<double>(inverse_std[c]);
    if (dweight != nullptr) {
      dweight[c] = static_cast<T>(sum_xdy * s);
    }
    if (dbias != nullptr) {
      dbias[c] = static_cast<T>(sum_dy);
    }
    const double n = static_cast<double>(g.count());
    const T along_dy = inverse_std[c] * (weight ? weight[c] : T(1));
    of_x[c] = {along_dy, training ? static_cast<T>(-sum_xdy / n * s * s) * along_dy : T(0),
               training ? static_cast<T>(-sum_dy / n) * along_dy : T(0)};
  }
}

template <int kChannels, class T>
__global__ void __launch_bounds__(kBlockThreads)
    input_gradient(BatchNormGeometry g, Parts parts, bool training, const T* __restrict__ x,
                   const T* __restrict__ dy, const T* mean, const InputGradient<T>* of_x,
                   T* __restrict__ dx) {
  Walk<kChannels> walk(g, parts);
  if (!walk.more()) {
    return;
  }
  const InputGradient<T> of = of_x[walk.channel];
  const T m = mean[walk.channel];
  for (; walk.more(); walk.next()) {
    const T d = of.along_dy * dy[walk.at];
    dx[walk.at] = training ? d + (of.along_x * (x[walk.at] - m) + of.constant) : d;
  }
}

// How many channels a block takes.
template <class Body>
void visit_channels(const BatchNormGeometry& g, const Body& body) {
  g.inner == 1 ? body.template operator()<32>() : body.template operator()<1>();
}

template <class T>
void apply(const BatchNormGeometry& g, const Parts& parts, const T* x, const T* mean, const T* inverse_std,
           const T* weight, const T* bias, T* y) {
  if (parts.count > 0) {
    visit_channels(g, [&]<int kChannels>() {
      launch<apply_to_channels<kChannels, T>>(grid_of<kChannels>(g, parts), g, parts, x, mean, inverse_std,
                                              weight, bias, y);
    });
  }
}

}  // namespace

template <class T>
void batch_norm_train_cuda(const BatchNormGeometry& g, double eps, double momentum, const T* x,
                           const T* weight, const T* bias, T* running_mean, T* running_var, T* mean,
                           T* inverse_std, T* y) {
  const Parts parts(g);
  const CudaWorkspace<Moments> of_part(parts.count * g.channels);
  if (parts.count > 0) {
    visit_channels(g, [&]<int kChannels>() {
      launch<part_moments<kChannels, T>>(grid_of<kChannels>(g, parts), g, parts, x, of_part.data());
    });
  }
  launch<join_moments<T>>(grid_for(g.channels), g, parts, eps, momentum, of_part.data(), mean, inverse_std,
                          running_mean, running_var);
  apply(g, parts, x, mean, inverse_std, weight, bias, y);
}

template <class T>
void batch_norm_eval_cuda(const BatchNormGeometry& g, double eps, const T* x, const T* weight, const T* bias,
                          const T* running_mean, const T* running_var, T* mean, T* inverse_std, T* y) {
  launch<fixed_moments<T>>(grid_for(g.channels), g.channels, static_cast<T>(eps), running_mean, running_var,
                           mean, inverse_std);
  apply(g, Parts(g), x, mean, inverse_std, weight, bias, y);
}

template <class T>
void batch_norm_backward_cuda(const BatchNormGeometry& g, bool training, const T* x, const T* dy,
                              const T* mean, const T* inverse_std, const T* weight, T* dx, T* dweight,
                              T* dbias) {
  const Parts parts(g);
  const bool needs_sums = (dweight != nullptr || dbias != nullptr || training) && parts.count > 0;
  const CudaWorkspace<GradientSums> of_part(parts.count * g.channels);
  const CudaWorkspace<InputGradient<T>> of_x(g.channels);
  if (needs_sums) {
    visit_channels(g, [&]<int kChannels>() {
      launch<part_gradient_sums<kChannels, T>>(grid_of<kChannels>(g, parts), g, parts, x, dy, mean,
                                               of_part.data());
    });
  }
  launch<join_gradient_sums<T>>(grid_for(g.channels), g, needs_sums ? parts.count : 0, training,
                                of_part.data(), inverse_std, weight, dweight, dbias, of_x.data());
  if (dx != nullptr && parts.count > 0) {
    visit_channels(g, [&]<int kChannels>() {
      launch<input_gradient<kChannels, T>>(grid_of<kChannels>(g, parts), g, parts, training, x, dy, mean,
                                           of_x.data(), dx);
    });
  }
}

template void batch_norm_train_cuda(const BatchNormGeometry&, double, double, const float*, const float*,
                                    const float*, float*, float*, float*, float*, float*);
template void batch_norm_train_cuda(const BatchNormGeometry&, double, double, const double*, const double*,
                                    const double*, double*, double*, double*, double*, double*);
template void batch_norm_eval_cuda(const BatchNormGeometry&, double, const float*, const float*, const float*,
                                   const float*, const float*, float*, float*, float*);
template void batch_norm_eval_cuda(const BatchNormGeometry&, double, const double*, const double*,
                                   const double*, const double*, const double*, double*, double*, double*);
template void batch_norm_backward_cuda(const BatchNormGeometry&, bool, const float*, const float*,
                                       const float*, const float*, const float*, float*, float*, float*);
template void batch_norm_backward_cuda(const BatchNormGeometry&, bool, const double*, const double*,
                                       const double*, const double*, const double*, double*, double*,
                                       double*);

}  // namespace helder::kernels
