#pragma once

#include <cstdint>

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
void adam_step_cuda(int64_t n, const AdamOptions& options, int64_t step, T* param, const T* grad, T* m, T* v,
                    T* v_max = nullptr);

}  // namespace helder::kernels
