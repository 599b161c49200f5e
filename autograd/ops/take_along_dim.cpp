#include "autograd/ops/take_along_dim.h"

#include "autograd/ops/expand.h"
#include "autograd/ops/gather.h"
#include "autograd/ops/reshape.h"

namespace helder {

Tensor take_along_dim(const Tensor& x, const Tensor& index, std::optional<int64_t> dim) {
  check(index.dtype() == DType::Int64, "take_along_dim: index must be int64, got {}", name_of(index.dtype()));
  if (!dim) {
    return gather(reshape(x, {x.numel()}), 0, reshape(index, {index.numel()}));
  }
  check(x.rank() == index.rank() && x.rank() > 0,
        "take_along_dim: index of shape {} must have as many dimensions as the input {}", index.shape(),
        x.shape());
  const int d = normalize_dim("take_along_dim", *dim, x.rank());
  Shape others = x.shape();
  others[d] = index.shape()[d];
  const Shape index_shape = broadcast_shapes("take_along_dim", others, index.shape());
  Shape x_shape = index_shape;
  x_shape[d] = x.shape()[d];
  return gather(expand(x, x_shape), d, expand(index, index_shape));
}

}  // namespace helder
