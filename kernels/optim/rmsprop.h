#pragma once

#include <cstdint>

namespace helder::kernels {

struct RmspropOptions {
  double lr = 1e-2;
  double alpha = 0.99;
  double eps = 1e-8;
  double weight_decay = 0;
  double momentum = 0;
  bool maximize = false;
};

/// One step of RMSprop on n elements, in one pass, in the order of operations of torch.optim.RMSprop:
///
///   g = grad (-grad to maximize) + weight_decay param
///   square = alpha square + (1 - alpha) g^2
///   mean += (1 - alpha) (g - mean)                   where `mean` is given: centered
///   d = g / (sqrt(square - mean^2) + eps)            mean = 0 otherwise
///   velocity = momentum velocity + d,  d = velocity  where `velocity` is given
///   param -= lr d
///
/// All three start at 0; `mean` and `velocity` may be null.
template <class T>
void rmsprop_step_cpu(int64_t n, const RmspropOptions& options, T* param, const T* grad, T* square, T* mean,
                      T* velocity);
template <class T>
void rmsprop_step_cuda(int64_t n, const RmspropOptions& options, T* param, const T* grad, T* square, T* mean,
                       T* velocity);

}  // namespace helder::kernels
