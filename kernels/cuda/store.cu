#include "kernels/cuda/store.h"

#include "kernels/cuda/store.cuh"

namespace helder::kernels {

void store_number_cuda(uint64_t value, uint64_t* to) { store_cuda(value, to); }

}  // namespace helder::kernels
