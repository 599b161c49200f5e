#include "kernels/optim/adam.h"

#include <vector>

#include "kernels/cuda/store.cuh"
#include "kernels/optim/tensor_table.cuh"

namespace helder::kernels {
namespace {

// m += (1 - beta1) (g - m),  v = beta2 v + (1 - beta2) g^2,  param -= step_size m / (sqrt(v) / c + eps), all
// [n], of each tensor of the table. v_max is null without amsgrad. A block has a piece of one tensor.
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    adam_steps(const TensorTable<T, 3> table, AdamFactors<T> given, const AdamFactors<T>* stored) {
  const AdamFactors<T> f = stored != nullptr ? *stored : given;
  const int t = table.tensor();
  T* param = table.param[t];
  const T* grad = table.grad[t];
  T *m = table.buffers[0][t], *v = table.buffers[1][t], *v_max = table.buffers[2][t];
  const int64_t begin = (static_cast<int64_t>(blockIdx.x) - table.first_block[t]) * table.kPiece;
  const int64_t end = min(table.n[t], begin + table.kPiece);
  for (int64_t i = begin + threadIdx.x; i < end; i += blockDim.x) {
    const T p = f.shrink * param[i];
    const T g = f.sign * grad[i] + f.joined_decay * p;
    const T mean = m[i] + f.fresh1 * (g - m[i]);
    m[i] = mean;
    T w = f.beta2 * v[i] + f.fresh2 * g * g;
    v[i] = w;
    if (v_max != nullptr) {
      w = v_max[i] > w ? v_max[i] : w;
      v_max[i] = w;
    }
    param[i] = p - f.step_size * mean / (sqrt(w) / f.sqrt_correction2 + f.eps);
  }
}

}  // namespace

template <class T>
void adam_steps_cuda(std::span<const AdamTensor<T>> tensors, const AdamOptions& options, int64_t step,
                     const AdamFactors<T>* stored) {
  const AdamFactors<T> factors = adam_factors<T>(options, step);
  std::vector<OptimTensor<T, 3>> list;
  for (const AdamTensor<T>& x : tensors) {
    list.push_back({x.n, x.param, x.grad, {x.m, x.v, options.amsgrad ? x.v_max : nullptr}});
  }
  for_each_table<T, 3>(list, [&](const TensorTable<T, 3>& table, const Launch& grid) {
    launch<adam_steps<T>>(grid, table, factors, stored);
  });
}

template <class T>
void store_adam_factors_cuda(const AdamOptions& options, int64_t step, AdamFactors<T>* to) {
  store_cuda(adam_factors<T>(options, step), to);
}

template void adam_steps_cuda(std::span<const AdamTensor<float>>, const AdamOptions&, int64_t,
                              const AdamFactors<float>*);
template void adam_steps_cuda(std::span<const AdamTensor<double>>, const AdamOptions&, int64_t,
                              const AdamFactors<double>*);
template void store_adam_factors_cuda(const AdamOptions&, int64_t, AdamFactors<float>*);
template void store_adam_factors_cuda(const AdamOptions&, int64_t, AdamFactors<double>*);

}  // namespace helder::kernels
