#include "tensor/cuda_built.h"

#if HELDER_CUDA_NVCC || HELDER_CUDA_SIMT

#include "kernels/cuda/matrix_units.h"

#include "kernels/cuda/check.h"
#include "tensor/error.h"

namespace helder::kernels {

void check_matrix_units(const char* operation) {
  static const int major = [] {
    cudaDeviceProp properties;
    check_cuda(cudaGetDeviceProperties(&properties, 0), "properties of the GPU");
    return properties.major;
  }();
  check(major >= 8, "{}: this GPU (sm_{}x) has no matrix units for tf32 and bfloat16; that takes sm_80",
        operation, major);
}

}  // namespace helder::kernels

#endif
