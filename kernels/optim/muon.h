#pragma once

#include <cstdint>

namespace helder::kernels {

/// The elementwise halves of a step of Muon, before and after its matrix products, on n elements:
///
///   m += (1 - momentum) (grad - m),  direction = grad + momentum (m - grad) (Nesterov) or m
template <class T>
void muon_momentum_cpu(int64_t n, double momentum, bool nesterov, const T* grad, T* m, T* direction);
template <class T>
void muon_momentum_cuda(int64_t n, double momentum, bool nesterov, const T* grad, T* m, T* direction);

/// param = shrink param - lr step
template <class T>
void muon_apply_cpu(int64_t n, double shrink, double lr, const T* step, T* param);
template <class T>
void muon_apply_cuda(int64_t n, double shrink, double lr, const T* step, T* param);

}  // namespace helder::kernels
