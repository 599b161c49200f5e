#pragma once

/// CUDA's language and its device functions for the host's compiler: docs/simt.md. A .cu file includes
/// "kernels/cuda/cuda.h", which takes this or the toolkit's headers.

#include "kernels/simt/atomics.h"
#include "kernels/simt/engine.h"
#include "kernels/simt/half.h"
#include "kernels/simt/math.h"
#include "kernels/simt/shared.h"
#include "kernels/simt/vector_types.h"
#include "kernels/simt/warp.h"
#include "tensor/simt_runtime.h"

#define __global__
#define __device__
#define __host__
#define __constant__
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...)
#define __grid_constant__
#define __align__(bytes) alignas(bytes)

/// What follows has to be Shared<...>: a plain `__shared__ float x[32]` does not compile here, as it could
/// not be made memory of the block.
#define __shared__ ::helder::simt::

#define CUDART_INF_F __builtin_inff()
#define CUDART_INF __builtin_inf()
