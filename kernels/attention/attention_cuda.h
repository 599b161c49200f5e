#pragma once

#include "kernels/attention/attention.h"
#include "kernels/cuda/strided_index.h"

namespace helder::kernels {

/// Matrices on the GPU: matrix i begins at data + where `batch` says that element i is.
template <class T>
struct CudaMatrices {
  T* data = nullptr;
  StridedIndex<1> batch = {};
  int64_t row_stride = 0;

  constexpr T* matrix(int64_t i) const {
    int64_t at[1];
    batch.locate(i, at);
    return data + at[0];
  }
};

/// AttentionMask on the GPU.
template <class T>
struct CudaAttentionMask {
  const T* added = nullptr;
  const bool* attend = nullptr;
  StridedIndex<1> batch = {};
  int64_t row_stride = 0, key_stride = 0;
};

/// attention_forward_cpu of attention.h.
template <class T>
void attention_forward_cuda(const AttentionGeometry& g, const CudaMatrices<const T>& q,
                            const CudaMatrices<const T>& k, const CudaMatrices<const T>& v,
                            const CudaAttentionMask<T>& mask, const CudaMatrices<T>& out, T* log_sums);

/// attention_backward_cpu of attention.h. The scores are computed twice, once a block of queries for dq and
/// dmask, once a block of keys for dk and dv: so each block owns what it writes, and no atomics are needed.
template <class T>
void attention_backward_cuda(const AttentionGeometry& g, const CudaMatrices<const T>& q,
                             const CudaMatrices<const T>& k, const CudaMatrices<const T>& v,
                             const CudaAttentionMask<T>& mask, const CudaMatrices<const T>& out,
                             const T* log_sums, const CudaMatrices<const T>& dout, const CudaMatrices<T>& dq,
                             const CudaMatrices<T>& dk, const CudaMatrices<T>& dv, T* dmask);

}  // namespace helder::kernels
