// Copying, filling and drawing on the GPU.

#include "kernels/cuda/graph_values.h"
#include "kernels/cuda/grid_stride.h"
#include "kernels/cuda/launch.h"
#include "kernels/tensor/tensor_cuda.h"
#include "tensor/convert.h"
#include "tensor/random.h"

namespace helder::kernels {
namespace {

template <class To, class From>
__global__ void __launch_bounds__(256) copy_strided(StridedIndex<2> index, To* to, const From* from) {
  for (int64_t i = grid_thread(); i < index.numel; i += grid_threads()) {
    int64_t at[2];
    index.locate(i, at);
    to[at[0]] = convert<To>(from[at[1]]);
  }
}

template <class T>
__global__ void __launch_bounds__(256) fill_strided(StridedIndex<1> index, T* x, T value) {
  for (int64_t i = grid_thread(); i < index.numel; i += grid_threads()) {
    int64_t at[1];
    index.locate(i, at);
    x[at[0]] = value;
  }
}

template <class T>
__global__ void __launch_bounds__(256) arange(int64_t n, T* x, double start, double step) {
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) {
    x[i] = static_cast<T>(start + static_cast<double>(i) * step);
  }
}

template <class T>
__global__ void __launch_bounds__(256)
    rand(int64_t n, T* x, uint64_t seed, uint64_t offset, const uint64_t* shift) {
  offset += shift != nullptr ? *shift : 0;
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) {
    const auto words = philox4x32(seed, offset + static_cast<uint64_t>(i));
    if constexpr (sizeof(T) == sizeof(float)) {
      x[i] = uniform_float(words[0]);
    } else {
      x[i] = uniform_double(words[0], words[1]);
    }
  }
}

template <class T>
__global__ void __launch_bounds__(256)
    randn(int64_t n, T* x, uint64_t seed, uint64_t offset, const uint64_t* shift) {
  constexpr double kTwoPi = 6.283185307179586;
  offset += shift != nullptr ? *shift : 0;
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) {
    const auto words = philox4x32(seed, offset + static_cast<uint64_t>(i));
    const double radius = sqrt(-2 * log(1 - uniform_double(words[0], words[1])));
    x[i] = static_cast<T>(radius * cos(kTwoPi * uniform_double(words[2], words[3])));
  }
}

}  // namespace

template <class To, class From>
void copy_strided_cuda(const StridedIndex<2>& index, To* to, const From* from) {
  launch<copy_strided<To, From>>(grid_for(index.numel), index, to, from);
}

template <class T>
void fill_strided_cuda(const StridedIndex<1>& index, T* x, T value) {
  launch<fill_strided<T>>(grid_for(index.numel), index, x, value);
}

template <class T>
void arange_cuda(int64_t n, T* x, double start, double step) {
  launch<arange<T>>(grid_for(n), n, x, start, step);
}

template <class T>
void rand_cuda(int64_t n, T* x, uint64_t seed, uint64_t offset) {
  launch<rand<T>>(grid_for(n), n, x, seed, offset, random_shift(seed));
}

template <class T>
void randn_cuda(int64_t n, T* x, uint64_t seed, uint64_t offset) {
  launch<randn<T>>(grid_for(n), n, x, seed, offset, random_shift(seed));
}

template void copy_strided_cuda(const StridedIndex<2>&, bool*, const bool*);
template void copy_strided_cuda(const StridedIndex<2>&, bool*, const uint8_t*);
template void copy_strided_cuda(const StridedIndex<2>&, bool*, const int64_t*);
template void copy_strided_cuda(const StridedIndex<2>&, bool*, const Float16*);
template void copy_strided_cuda(const StridedIndex<2>&, bool*, const BFloat16*);
template void copy_strided_cuda(const StridedIndex<2>&, bool*, const float*);
template void copy_strided_cuda(const StridedIndex<2>&, bool*, const double*);
template void copy_strided_cuda(const StridedIndex<2>&, uint8_t*, const bool*);
template void copy_strided_cuda(const StridedIndex<2>&, uint8_t*, const uint8_t*);
template void copy_strided_cuda(const StridedIndex<2>&, uint8_t*, const int64_t*);
template void copy_strided_cuda(const StridedIndex<2>&, uint8_t*, const Float16*);
template void copy_strided_cuda(const StridedIndex<2>&, uint8_t*, const BFloat16*);
template void copy_strided_cuda(const StridedIndex<2>&, uint8_t*, const float*);
template void copy_strided_cuda(const StridedIndex<2>&, uint8_t*, const double*);
template void copy_strided_cuda(const StridedIndex<2>&, int64_t*, const bool*);
template void copy_strided_cuda(const StridedIndex<2>&, int64_t*, const uint8_t*);
template void copy_strided_cuda(const StridedIndex<2>&, int64_t*, const int64_t*);
template void copy_strided_cuda(const StridedIndex<2>&, int64_t*, const Float16*);
template void copy_strided_cuda(const StridedIndex<2>&, int64_t*, const BFloat16*);
template void copy_strided_cuda(const StridedIndex<2>&, int64_t*, const float*);
template void copy_strided_cuda(const StridedIndex<2>&, int64_t*, const double*);
template void copy_strided_cuda(const StridedIndex<2>&, Float16*, const bool*);
template void copy_strided_cuda(const StridedIndex<2>&, Float16*, const uint8_t*);
template void copy_strided_cuda(const StridedIndex<2>&, Float16*, const int64_t*);
template void copy_strided_cuda(const StridedIndex<2>&, Float16*, const Float16*);
template void copy_strided_cuda(const StridedIndex<2>&, Float16*, const BFloat16*);
template void copy_strided_cuda(const StridedIndex<2>&, Float16*, const float*);
template void copy_strided_cuda(const StridedIndex<2>&, Float16*, const double*);
template void copy_strided_cuda(const StridedIndex<2>&, BFloat16*, const bool*);
template void copy_strided_cuda(const StridedIndex<2>&, BFloat16*, const uint8_t*);
template void copy_strided_cuda(const StridedIndex<2>&, BFloat16*, const int64_t*);
template void copy_strided_cuda(const StridedIndex<2>&, BFloat16*, const Float16*);
template void copy_strided_cuda(const StridedIndex<2>&, BFloat16*, const BFloat16*);
template void copy_strided_cuda(const StridedIndex<2>&, BFloat16*, const float*);
template void copy_strided_cuda(const StridedIndex<2>&, BFloat16*, const double*);
template void copy_strided_cuda(const StridedIndex<2>&, float*, const bool*);
template void copy_strided_cuda(const StridedIndex<2>&, float*, const uint8_t*);
template void copy_strided_cuda(const StridedIndex<2>&, float*, const int64_t*);
template void copy_strided_cuda(const StridedIndex<2>&, float*, const Float16*);
template void copy_strided_cuda(const StridedIndex<2>&, float*, const BFloat16*);
template void copy_strided_cuda(const StridedIndex<2>&, float*, const float*);
template void copy_strided_cuda(const StridedIndex<2>&, float*, const double*);
template void copy_strided_cuda(const StridedIndex<2>&, double*, const bool*);
template void copy_strided_cuda(const StridedIndex<2>&, double*, const uint8_t*);
template void copy_strided_cuda(const StridedIndex<2>&, double*, const int64_t*);
template void copy_strided_cuda(const StridedIndex<2>&, double*, const Float16*);
template void copy_strided_cuda(const StridedIndex<2>&, double*, const BFloat16*);
template void copy_strided_cuda(const StridedIndex<2>&, double*, const float*);
template void copy_strided_cuda(const StridedIndex<2>&, double*, const double*);

template void fill_strided_cuda(const StridedIndex<1>&, bool*, bool);
template void fill_strided_cuda(const StridedIndex<1>&, uint8_t*, uint8_t);
template void fill_strided_cuda(const StridedIndex<1>&, int64_t*, int64_t);
template void fill_strided_cuda(const StridedIndex<1>&, Float16*, Float16);
template void fill_strided_cuda(const StridedIndex<1>&, BFloat16*, BFloat16);
template void fill_strided_cuda(const StridedIndex<1>&, float*, float);
template void fill_strided_cuda(const StridedIndex<1>&, double*, double);

template void arange_cuda(int64_t, int64_t*, double, double);
template void arange_cuda(int64_t, float*, double, double);
template void arange_cuda(int64_t, double*, double, double);
template void rand_cuda(int64_t, float*, uint64_t, uint64_t);
template void rand_cuda(int64_t, double*, uint64_t, uint64_t);
template void randn_cuda(int64_t, float*, uint64_t, uint64_t);
template void randn_cuda(int64_t, double*, uint64_t, uint64_t);

}  // namespace helder::kernels
