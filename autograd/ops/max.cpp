#include "autograd/ops/max.h"

#include "autograd/ops/extremum.h"

namespace helder {

MaxResult max(const Tensor& x, int64_t dim, bool keepdim) {
  auto [values, indices] = extremum("max", kernels::Order::Max, x, dim, keepdim);
  return {values, indices};
}

Tensor amax(const Tensor& x, const Shape& dims, bool keepdim) {
  return extremum_value("amax", kernels::Order::Max, x, dims, keepdim);
}

}  // namespace helder
