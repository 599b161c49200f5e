#include "autograd/ops/stack.h"

#include "autograd/ops/cat.h"
#include "autograd/ops/squeeze.h"

namespace helder {

Tensor stack(const std::vector<Tensor>& tensors, int64_t dim) {
  check(!tensors.empty(), "stack: expected at least one tensor");
  const Tensor& first = tensors.front();
  const int d = normalize_dim("stack", dim, first.rank() + 1);
  std::vector<Tensor> rows;
  for (size_t i = 0; i < tensors.size(); ++i) {
    const Tensor& x = tensors[i];
    check(x.shape() == first.shape() && x.dtype() == first.dtype(),
          "stack: all shapes and types must be equal, but tensor {} is {} {} and the first {} {}", i,
          name_of(x.dtype()), x.shape(), name_of(first.dtype()), first.shape());
    rows.push_back(unsqueeze(x, d));
  }
  return cat(rows, d);
}

}  // namespace helder
