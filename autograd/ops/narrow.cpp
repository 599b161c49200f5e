#include "autograd/ops/narrow.h"

#include "autograd/ops/slice.h"

namespace helder {

Tensor narrow(const Tensor& x, int64_t dim, int64_t start, int64_t length) {
  check(x.rank() > 0, "narrow: a scalar has no dimension to narrow");
  const int d = normalize_dim("narrow", dim, x.rank());
  const int64_t size = x.shape()[d];
  check(start >= -size && start <= size,
        "narrow: start {} is out of range for dimension {} of size {} (input {})", start, d, size, x.shape());
  const int64_t first = start < 0 ? start + size : start;
  check(length >= 0 && length <= size - first,
        "narrow: {} elements from {} on are not in dimension {} of size {} (input {})", length, first, d,
        size, x.shape());
  return slice(x, d, first, first + length);
}

}  // namespace helder
