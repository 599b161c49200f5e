#include "kernels/pair_loss/targets.h"

#include "kernels/cuda/find_first.cuh"

namespace helder::kernels {
namespace {

template <class T>
struct IsNoProbability {
  const T* x;
  __device__ bool operator()(int64_t i) const { return !(x[i] >= T(0) && x[i] <= T(1)); }
};

template <class T>
struct IsNoSign {
  const T* y;
  __device__ bool operator()(int64_t i) const { return y[i] != T(1) && y[i] != T(-1); }
};

}  // namespace

template <class T>
int64_t first_no_probability_cuda(int64_t n, const T* x) {
  return find_first_cuda(n, IsNoProbability<T>{x});
}

template <class T>
int64_t first_no_sign_cuda(int64_t n, const T* y) {
  return find_first_cuda(n, IsNoSign<T>{y});
}

template int64_t first_no_probability_cuda(int64_t, const float*);
template int64_t first_no_probability_cuda(int64_t, const double*);
template int64_t first_no_sign_cuda(int64_t, const float*);
template int64_t first_no_sign_cuda(int64_t, const double*);

}  // namespace helder::kernels
