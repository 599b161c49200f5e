// Functions of two numbers on the GPU.

#include "kernels/elementwise/arithmetic.h"
#include "kernels/elementwise/binary_loop.cuh"
#include "kernels/elementwise/compare.h"
#include "kernels/elementwise/logical.h"
#include "kernels/elementwise/prelu.h"
#include "tensor/half.h"

namespace helder::kernels {
namespace {

template <class T>
__global__ void __launch_bounds__(256)
    where_forward(StridedIndex<4> index, T* y, const bool* condition, const T* a, const T* b) {
  for (int64_t i = grid_thread(); i < index.numel; i += grid_threads()) {
    int64_t at[4];
    index.locate(i, at);
    y[at[0]] = condition[at[1]] ? a[at[2]] : b[at[3]];
  }
}

template <class T>
__global__ void __launch_bounds__(256)
    lerp_forward(StridedIndex<4> index, T* y, const T* a, const T* b, const T* w) {
  for (int64_t i = grid_thread(); i < index.numel; i += grid_threads()) {
    int64_t at[4];
    index.locate(i, at);
    const T from = a[at[1]], to = b[at[2]], weight = w[at[3]];
    const T distance = to - from;
    y[at[0]] =
        weight > T(-0.5) && weight < T(0.5) ? from + weight * distance : to - distance * (T(1) - weight);
  }
}

}  // namespace

template <class T>
void where_forward_cuda(const StridedIndex<4>& index, T* y, const bool* condition, const T* a, const T* b) {
  launch<where_forward<T>>(grid_for(index.numel), index, y, condition, a, b);
}

template <class T>
void lerp_forward_cuda(const StridedIndex<4>& index, T* y, const T* a, const T* b, const T* w) {
  launch<lerp_forward<T>>(grid_for(index.numel), index, y, a, b, w);
}

template struct BinaryCuda<Add>;
template struct BinaryCuda<Sub>;
template struct BinaryCuda<Mul>;
template struct BinaryCuda<Div>;
template struct BinaryCuda<Pow>;
template struct BinaryCuda<Maximum>;
template struct BinaryCuda<Minimum>;
template struct BinaryCuda<Equal>;
template struct BinaryCuda<NotEqual>;
template struct BinaryCuda<Less>;
template struct BinaryCuda<LessEqual>;
template struct BinaryCuda<Greater>;
template struct BinaryCuda<GreaterEqual>;
template struct BinaryCuda<Prelu>;
template struct BinaryCuda<PreluByInput>;
template struct BinaryCuda<PreluByWeight>;
template struct BinaryCuda<AddScaled>;
template struct LogicalCuda<And>;
template struct LogicalCuda<Or>;
template struct LogicalCuda<Xor>;
template void where_forward_cuda(const StridedIndex<4>&, Float16*, const bool*, const Float16*,
                                 const Float16*);
template void where_forward_cuda(const StridedIndex<4>&, BFloat16*, const bool*, const BFloat16*,
                                 const BFloat16*);
template void where_forward_cuda(const StridedIndex<4>&, bool*, const bool*, const bool*, const bool*);
template void where_forward_cuda(const StridedIndex<4>&, uint8_t*, const bool*, const uint8_t*,
                                 const uint8_t*);
template void where_forward_cuda(const StridedIndex<4>&, int64_t*, const bool*, const int64_t*,
                                 const int64_t*);
template void where_forward_cuda(const StridedIndex<4>&, float*, const bool*, const float*, const float*);
template void where_forward_cuda(const StridedIndex<4>&, double*, const bool*, const double*, const double*);
template void lerp_forward_cuda(const StridedIndex<4>&, float*, const float*, const float*, const float*);
template void lerp_forward_cuda(const StridedIndex<4>&, double*, const double*, const double*, const double*);

}  // namespace helder::kernels
