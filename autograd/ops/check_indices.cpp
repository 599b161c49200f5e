#include "autograd/ops/check_indices.h"

#include "kernels/indexing/indexing.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/views.h"

namespace helder {

void check_indices(const char* operation, const Tensor& index, int64_t size) {
  if (index.is_cpu()) {
    kernels::check_indices(operation, index.data<int64_t>(), index.numel(), size);
  } else if constexpr (kCudaBuilt) {
    const int64_t bad = kernels::first_outside_cuda(index.numel(), 0, size, index.cuda_data<int64_t>());
    if (bad >= 0) {
      kernels::fail_index(operation, element_at(index, bad), bad, size);
    }
  }
}

int64_t element_at(const Tensor& index, int64_t position) {
  const Tensor flat = views::reshape(index.detach(), {index.numel()});
  return *copied_to(views::slice(flat, 0, position, position + 1), Device::Cpu).data<int64_t>();
}

}  // namespace helder
