#pragma once

#include <cstdint>

namespace helder::kernels {

/// The middle dimension of x [outer, n, inner], contiguous, is reduced; y is [outer, inner].
struct ReduceGeometry {
  int64_t outer = 1;
  int64_t n = 1;
  int64_t inner = 1;
};

/// y[o, i] = scale * sum over k of x[o, k, i].
///
/// Summed in blocks of fixed size whose sums are added in order, in double: the same bits for any number of
/// threads, and an error that does not grow with n.
template <class T>
void sum_cpu(const ReduceGeometry& g, const T* x, T* y, double scale = 1);
template <class T>
void sum_cuda(const ReduceGeometry& g, const T* x, T* y, double scale = 1);

/// index[o, i] = the first k at which x[o, k, i] is largest (Order::Max) or smallest (Order::Min). A NaN
/// counts as both. n > 0.
enum class Order { Max, Min };
template <class T>
void arg_extremum_cpu(const ReduceGeometry& g, Order order, const T* x, int64_t* index);
template <class T>
void arg_extremum_cuda(const ReduceGeometry& g, Order order, const T* x, int64_t* index);

}  // namespace helder::kernels
