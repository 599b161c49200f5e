#pragma once

#include <cstdint>
#include <span>

namespace helder::kernels {

struct SgdOptions {
  double lr = 1e-3;
  double momentum = 0;
  double dampening = 0;
  double weight_decay = 0;
  bool nesterov = false;
  bool maximize = false;
};

/// The options in the parameter's type. The step is of_gradient g + of_velocity velocity: g + momentum
/// velocity for Nesterov, else velocity.
template <class T>
struct SgdFactors {
  T sign, decay, lr, momentum, fresh, of_gradient, of_velocity;
};
template <class T>
SgdFactors<T> sgd_factors(const SgdOptions& options) {
  const T momentum = static_cast<T>(options.momentum);
  return {.sign = options.maximize ? T(-1) : T(1),
          .decay = static_cast<T>(options.weight_decay),
          .lr = static_cast<T>(options.lr),
          .momentum = momentum,
          .fresh = static_cast<T>(1 - options.dampening),
          .of_gradient = options.nesterov ? T(1) : T(0),
          .of_velocity = options.nesterov ? momentum : T(1)};
}

/// One step of stochastic gradient descent on n elements, in one pass, as torch.optim.SGD does it:
///
///   g = grad (-grad to maximize) + weight_decay param
///   velocity = g on the first step, then momentum velocity + (1 - dampening) g
///   g = g + momentum velocity (Nesterov) or velocity
///   param -= lr g
///
/// `velocity` may be null when momentum is 0; on the first step it is written, not read.
template <class T>
void sgd_step_cpu(int64_t n, const SgdOptions& options, bool first_step, T* param, const T* grad,
                  T* velocity);

template <class T>
struct SgdTensor {
  int64_t n;
  T* param;
  const T* grad;
  T* velocity;
};

/// The same for many tensors, by one launch for each 64. The factors are those in the memory of the GPU where
/// they are given: a graph is captured once, but its learning rate changes.
template <class T>
void sgd_steps_cuda(std::span<const SgdTensor<T>> tensors, const SgdOptions& options, bool first_step,
                    const SgdFactors<T>* stored = nullptr);
/// Queues writing them there.
template <class T>
void store_sgd_factors_cuda(const SgdOptions& options, SgdFactors<T>* to);

}  // namespace helder::kernels
