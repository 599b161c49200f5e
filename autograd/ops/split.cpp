#include "autograd/ops/split.h"

#include <fmt/format.h>

#include <algorithm>

#include "autograd/ops/slice.h"

namespace helder {

std::vector<Tensor> split(const Tensor& x, const std::vector<int64_t>& sizes, int64_t dim) {
  check(x.rank() > 0, "split: a scalar cannot be split");
  const int d = normalize_dim("split", dim, x.rank());
  int64_t left = x.shape()[d];
  for (int64_t size : sizes) {
    check(size >= 0 && size <= left, "split: sizes {} do not fit dimension {} of shape {}",
          fmt::join(sizes, ", "), d, x.shape());
    left -= size;
  }
  check(left == 0, "split: sizes {} leave {} of dimension {} of shape {}", fmt::join(sizes, ", "), left, d,
        x.shape());
  std::vector<Tensor> parts;
  int64_t start = 0;
  for (int64_t size : sizes) {
    parts.push_back(slice(x, d, start, start + size));
    start += size;
  }
  return parts;
}

std::vector<Tensor> split(const Tensor& x, int64_t size, int64_t dim) {
  check(x.rank() > 0, "split: a scalar cannot be split");
  check(size > 0, "split: the size of a part must be positive, got {}", size);
  const int64_t total = x.shape()[normalize_dim("split", dim, x.rank())];
  std::vector<int64_t> sizes;
  for (int64_t start = 0; start < total; start += size) {
    sizes.push_back(std::min(size, total - start));
  }
  if (sizes.empty()) {
    sizes.push_back(0);
  }
  return split(x, sizes, dim);
}

}  // namespace helder
