#pragma once

#include <cmath>
#include <cstdint>
#include <span>

namespace helder::kernels {

struct AdamOptions {
  double lr = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double eps = 1e-8;
  double weight_decay = 0;
  bool decoupled = false;  ///< AdamW: the decay shrinks the parameter instead of joining the gradient
  bool amsgrad = false;
  bool maximize = false;
};

/// The options in the parameter's type, with what the step's number makes of them.
template <class T>
struct AdamFactors {
  T step_size, sqrt_correction2, sign, joined_decay, shrink, fresh1, beta2, fresh2, eps;
};
template <class T>
AdamFactors<T> adam_factors(const AdamOptions& options, int64_t step) {
  const double correction1 = 1 - std::pow(options.beta1, static_cast<double>(step));
  const double correction2 = 1 - std::pow(options.beta2, static_cast<double>(step));
  return {.step_size = static_cast<T>(options.lr / correction1),
          .sqrt_correction2 = static_cast<T>(std::sqrt(correction2)),
          .sign = options.maximize ? T(-1) : T(1),
          .joined_decay = options.decoupled ? T(0) : static_cast<T>(options.weight_decay),
          .shrink = options.decoupled ? static_cast<T>(1 - options.lr * options.weight_decay) : T(1),
          .fresh1 = static_cast<T>(1 - options.beta1),
          .beta2 = static_cast<T>(options.beta2),
          .fresh2 = static_cast<T>(1 - options.beta2),
          .eps = static_cast<T>(options.eps)};
}

/// One step of Adam (Kingma and Ba, 2015) or AdamW (Loshchilov and Hutter, 2019) on n elements, in one pass,
/// in the order of operations of torch.optim.Adam(W). `step` counts from 1:
///
///   g = grad (-grad to maximize)
///   param *= 1 - lr weight_decay  (decoupled),  else  g += weight_decay param
///   m += (1 - beta1) (g - m)
///   v = beta2 v + (1 - beta2) g^2
///   w = v  or, with amsgrad,  v_max = max(v_max, v)
///   param -= lr / (1 - beta1^step) m / (sqrt(w) / sqrt(1 - beta2^step) + eps)
///
/// m and v start at 0. `v_max` starts at 0 too, and is read only with amsgrad.
template <class T>
void adam_step_cpu(int64_t n, const AdamOptions& options, int64_t step, T* param, const T* grad, T* m, T* v,
                   T* v_max = nullptr);

template <class T>
struct AdamTensor {
  int64_t n;
  T* param;
  const T* grad;
  T *m, *v, *v_max;
};

/// The same for many tensors, by one launch for each 64. The factors are those in the memory of the GPU where
/// they are given: a graph is captured once, but its learning rate and the number of the step change.
template <class T>
void adam_steps_cuda(std::span<const AdamTensor<T>> tensors, const AdamOptions& options, int64_t step,
                     const AdamFactors<T>* stored = nullptr);
/// Queues writing them there.
template <class T>
void store_adam_factors_cuda(const AdamOptions& options, int64_t step, AdamFactors<T>* to);

}  // namespace helder::kernels
