#pragma once

#include <cstdint>

namespace helder::kernels {

/// Queues *to = value, `to` on the GPU.
void store_number_cuda(uint64_t value, uint64_t* to);

}  // namespace helder::kernels
