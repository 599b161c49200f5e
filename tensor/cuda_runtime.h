#pragma once

/// CUDA's runtime functions for code of the host: the toolkit's own, or, where the device is this processor,
/// those of tensor/simt_runtime.h under the same names. Only for files that are about a device: with
/// HELDER_CUDA=off there is neither (`if constexpr (kCudaBuilt)` is then not enough, use #if).
#if HELDER_CUDA_SIMT
#include "tensor/simt_runtime.h"
#elif HELDER_CUDA_NVCC
#include <cuda_runtime_api.h>
#endif
