#pragma once

#include <cstdint>

namespace helder::kernels {

struct SgdOptions {
  double lr = 1e-3;
  double momentum = 0;
  double dampening = 0;
  double weight_decay = 0;
  bool nesterov = false;
  bool maximize = false;
};

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
void sgd_step_cuda(int64_t n, const SgdOptions& options, bool first_step, T* param, const T* grad,
                   T* velocity);

}  // namespace helder::kernels
