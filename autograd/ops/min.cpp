#include "autograd/ops/min.h"

#include "autograd/ops/extremum.h"

namespace helder {

MinResult min(const Tensor& x, int64_t dim, bool keepdim) {
  auto [values, indices] = extremum("min", kernels::Order::Min, x, dim, keepdim);
  return {values, indices};
}

Tensor amin(const Tensor& x, const Shape& dims, bool keepdim) {
  return extremum_value("amin", kernels::Order::Min, x, dims, keepdim);
}

}  // namespace helder
