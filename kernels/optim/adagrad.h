#pragma once

#include <cstdint>

namespace helder::kernels {

struct AdagradOptions {
  double lr = 1e-2;  ///< of this step
  double weight_decay = 0;
  double eps = 1e-10;
  bool maximize = false;
};

/// One step of Adagrad on n elements, in one pass:
///
///   g = grad (-grad to maximize) + weight_decay param
///   square += g^2
///   param -= lr g / (sqrt(square) + eps)
template <class T>
void adagrad_step_cpu(int64_t n, const AdagradOptions& options, T* param, const T* grad, T* square);
template <class T>
void adagrad_step_cuda(int64_t n, const AdagradOptions& options, T* param, const T* grad, T* square);

}  // namespace helder::kernels
