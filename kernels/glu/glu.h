#pragma once

#include <cstdint>

namespace helder::kernels {

/// x is [outer, 2, inner], contiguous: values a = x[:, 0] and gates b = x[:, 1]. y is [outer, inner].
struct GluGeometry {
  int64_t outer = 1;
  int64_t inner = 1;  ///< half of the size of the dimension that is halved, times what follows it
};

/// y = a s(b),  s(b) = 1 / (1 + e^-b).
template <class T>
void glu_forward_cpu(const GluGeometry& g, const T* x, T* y);
template <class T>
void glu_forward_cuda(const GluGeometry& g, const T* x, T* y);

/// da = dy s(b),  db = dy a s(b) (1 - s(b));  dx has x's layout.
template <class T>
void glu_backward_cpu(const GluGeometry& g, const T* x, const T* dy, T* dx);
template <class T>
void glu_backward_cuda(const GluGeometry& g, const T* x, const T* dy, T* dx);

}  // namespace helder::kernels
