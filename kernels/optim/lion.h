#pragma once

#include <cstdint>

namespace helder::kernels {

struct LionOptions {
  double lr = 1e-4;
  double beta1 = 0.9;
  double beta2 = 0.99;
  double weight_decay = 0;
};

/// One step of Lion on n elements, in one pass:
///
///   c = beta1 m + (1 - beta1) grad
///   param = (1 - lr weight_decay) param - lr sign(c)      with sign(0) = 0
///   m = beta2 m + (1 - beta2) grad
///
/// m starts at 0.
template <class T>
void lion_step_cpu(int64_t n, const LionOptions& options, T* param, const T* grad, T* m);
template <class T>
void lion_step_cuda(int64_t n, const LionOptions& options, T* param, const T* grad, T* m);

}  // namespace helder::kernels
