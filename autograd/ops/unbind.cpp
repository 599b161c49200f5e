#include "autograd/ops/unbind.h"

#include "autograd/ops/select.h"

namespace helder {

std::vector<Tensor> unbind(const Tensor& x, int64_t dim) {
  check(x.rank() > 0, "unbind: a scalar cannot be divided");
  const int d = normalize_dim("unbind", dim, x.rank());
  std::vector<Tensor> slices;
  for (int64_t i = 0; i < x.shape()[d]; ++i) {
    slices.push_back(select(x, d, i));
  }
  return slices;
}

}  // namespace helder
