#include "kernels/optim/sgd.h"

#include <vector>

#include "kernels/cuda/store.cuh"
#include "kernels/optim/tensor_table.cuh"

namespace helder::kernels {
namespace {

// velocity = momentum velocity + fresh g, or g on the first step;  param -= lr step,  all [n], of each tensor
// of the table. Without momentum velocity is null, and the step is g. A block has a piece of one tensor.
template <class T>
__global__ void __launch_bounds__(kBlockThreads) sgd_steps(const TensorTable<T, 1> table, SgdFactors<T> given,
                                                           const SgdFactors<T>* stored, bool first_step) {
  const SgdFactors<T> f = stored != nullptr ? *stored : given;
  const int t = table.tensor();
  T* param = table.param[t];
  const T* grad = table.grad[t];
  T* velocity = table.buffers[0][t];
  const int64_t begin = (static_cast<int64_t>(blockIdx.x) - table.first_block[t]) * table.kPiece;
  const int64_t end = min(table.n[t], begin + table.kPiece);
  for (int64_t i = begin + threadIdx.x; i < end; i += blockDim.x) {
    const T p = param[i];
    const T g = f.sign * grad[i] + f.decay * p;
    T step = g;
    if (velocity != nullptr) {
      const T v = first_step ? g : f.momentum * velocity[i] + f.fresh * g;
      velocity[i] = v;
      step = f.of_gradient * g + f.of_velocity * v;
    }
    param[i] = p - f.lr * step;
  }
}

}  // namespace

template <class T>
void sgd_steps_cuda(std::span<const SgdTensor<T>> tensors, const SgdOptions& options, bool first_step,
                    const SgdFactors<T>* stored) {
  const SgdFactors<T> factors = sgd_factors<T>(options);
  std::vector<OptimTensor<T, 1>> list;
  for (const SgdTensor<T>& x : tensors) {
    list.push_back({x.n, x.param, x.grad, {options.momentum == 0 ? nullptr : x.velocity}});
  }
  for_each_table<T, 1>(list, [&](const TensorTable<T, 1>& table, const Launch& grid) {
    launch<sgd_steps<T>>(grid, table, factors, stored, first_step);
  });
}

template <class T>
void store_sgd_factors_cuda(const SgdOptions& options, SgdFactors<T>* to) {
  store_cuda(sgd_factors<T>(options), to);
}

template void sgd_steps_cuda(std::span<const SgdTensor<float>>, const SgdOptions&, bool,
                             const SgdFactors<float>*);
template void sgd_steps_cuda(std::span<const SgdTensor<double>>, const SgdOptions&, bool,
                             const SgdFactors<double>*);
template void store_sgd_factors_cuda(const SgdOptions&, SgdFactors<float>*);
template void store_sgd_factors_cuda(const SgdOptions&, SgdFactors<double>*);

}  // namespace helder::kernels
