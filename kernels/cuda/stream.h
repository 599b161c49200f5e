#pragma once

#include "tensor/cuda_runtime.h"

namespace helder::kernels {

/// Where this thread's launches and copies queue: CUDA's handle of cuda::current_stream().
cudaStream_t stream_now();

}  // namespace helder::kernels
