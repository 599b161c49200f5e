#include "autograd/ops/scatter_plan.h"

#include "autograd/ops/check_indices.h"
#include "tensor/copy.h"
#include "tensor/views.h"

namespace helder {

ScatterPlan::ScatterPlan(const char* operation, const Shape& target, int64_t dim, const Tensor& given) {
  check(given.dtype() == DType::Int64, "{}: index must be int64, got {}", operation, name_of(given.dtype()));
  check(given.rank() == target.rank() && target.rank() > 0,
        "{}: index of shape {} must have as many dimensions as the input {}", operation, given.shape(),
        target);
  const int d = normalize_dim(operation, dim, target.rank());
  corner = given.shape();
  corner[d] = target[d];
  for (int i = 0; i < target.rank(); ++i) {
    check(corner[i] <= target[i], "{}: index {} is larger than the input {} along dimension {}", operation,
          given.shape(), target, i);
  }
  index = contiguous_copy(given.detach());
  geometry = kernels::index_geometry(corner, d, given.shape()[d]);
  check_indices(operation, index, geometry.size);
}

void check_scatter_source(const char* operation, const Tensor& x, const Tensor& index, const Tensor& src) {
  check(src.dtype() == x.dtype(), "{}: src is {} but the input is {}", operation, name_of(src.dtype()),
        name_of(x.dtype()));
  check(src.rank() == index.rank(), "{}: src of shape {} must have as many dimensions as the index {}",
        operation, src.shape(), index.shape());
  for (int d = 0; d < src.rank(); ++d) {
    check(index.shape()[d] <= src.shape()[d], "{}: index {} is larger than src {} along dimension {}",
          operation, index.shape(), src.shape(), d);
  }
}

Tensor corner_view(const Tensor& x, const Shape& sizes) {
  Tensor part = x.detach();
  for (int d = 0; d < x.rank(); ++d) {
    part = views::slice(part, d, 0, sizes[d]);
  }
  return part;
}

}  // namespace helder
