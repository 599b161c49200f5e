#include "kernels/tensor/tensor_cuda.h"

#include "kernels/cuda/strided_index_of.h"
#include "tensor/cuda_built.h"
#include "tensor/cuda_kernels.h"

namespace helder::kernels {

#if HELDER_CUDA_NVCC || HELDER_CUDA_SIMT

void fill_cuda(const Tensor& x, double value) {
  const StridedLoop<1> loop(x.shape(), {x.strides()});
  visit_any(x.dtype(),
            [&]<class T>() { fill_strided_cuda(strided_index(loop), x.cuda_data<T>(), convert<T>(value)); });
}

void copy_elements_cuda(const Tensor& destination, const Tensor& source) {
  const Shape& shape = destination.shape();
  const StridedLoop<2> loop(
      shape, {destination.strides(), broadcast_strides(source.shape(), source.strides(), shape)});
  visit_any(destination.dtype(), [&]<class To>() {
    visit_any(source.dtype(), [&]<class From>() {
      copy_strided_cuda(strided_index(loop), destination.cuda_data<To>(), source.cuda_data<From>());
    });
  });
}

void arange_cuda(const Tensor& x, double start, double step) {
  visit_arithmetic(x.dtype(), "arange",
                   [&]<class T>() { arange_cuda(x.numel(), x.cuda_data<T>(), start, step); });
}

void rand_cuda(const Tensor& x, uint64_t seed, uint64_t offset) {
  visit_floating(x.dtype(), "rand", [&]<class T>() { rand_cuda(x.numel(), x.cuda_data<T>(), seed, offset); });
}

void randn_cuda(const Tensor& x, uint64_t seed, uint64_t offset) {
  visit_floating(x.dtype(), "randn",
                 [&]<class T>() { randn_cuda(x.numel(), x.cuda_data<T>(), seed, offset); });
}

#endif

}  // namespace helder::kernels
