#include "autograd/ops/bincount.h"

#include <algorithm>

#include "autograd/ops/check_indices.h"
#include "autograd/ops/max.h"
#include "autograd/ops/min.h"
#include "kernels/indexing/bincount.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/on_cpu.h"

namespace helder {

Tensor bincount(const Tensor& x0, const Tensor& weights, int64_t minlength) {
  check(x0.dtype() == DType::Int64 || x0.dtype() == DType::UInt8, "bincount: expected int64 or uint8, got {}",
        name_of(x0.dtype()));
  check(x0.rank() == 1, "bincount: expected one dimension, got {}", x0.shape());
  check(minlength >= 0, "bincount: minlength must not be negative, got {}", minlength);
  check(!weights.defined() || weights.shape() == x0.shape(),
        "bincount: weights must have the input's shape {}, got {}", x0.shape(),
        weights.defined() ? weights.shape().str() : "");
  const Tensor x = contiguous_copy(converted_copy(x0, DType::Int64));
  int64_t bins = minlength;
  if (x.numel() > 0) {
    const int64_t smallest = element_at(amin(x), 0);
    check(smallest >= 0, "bincount: numbers must not be negative, got {}", smallest);
    bins = std::max(bins, element_at(amax(x), 0) + 1);
  }
  if (!weights.defined()) {
    const Tensor counts = zeros({bins}, DType::Int64, x.device());
    if (x.is_cpu()) {
      kernels::bincount_cpu(x.numel(), x.data<int64_t>(), counts.data<int64_t>());
    } else if constexpr (kCudaBuilt) {
      kernels::bincount_cuda(x.numel(), x.cuda_data<int64_t>(), counts.cuda_data<int64_t>());
    }
    return counts;
  }
  const DType real = weights.dtype() == DType::Float32 ? DType::Float32 : DType::Float64;
  const Tensor w = contiguous_copy(converted_copy(weights, real));
  const Tensor sums = zeros({bins}, real, x.device());
  visit_floating(real, "bincount", [&]<class T>() {
    if (on_cpu("bincount", x, w)) {
      kernels::weighted_bincount_cpu(x.numel(), x.data<int64_t>(), w.data<T>(), sums.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::weighted_bincount_cuda(x.numel(), x.cuda_data<int64_t>(), w.cuda_data<T>(),
                                      sums.cuda_data<T>());
    }
  });
  return sums;
}

}  // namespace helder
