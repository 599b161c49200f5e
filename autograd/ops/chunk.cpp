#include "autograd/ops/chunk.h"

#include "autograd/ops/split.h"

namespace helder {

std::vector<Tensor> chunk(const Tensor& x, int64_t chunks, int64_t dim) {
  check(chunks > 0, "chunk: expected at least one chunk, got {}", chunks);
  check(x.rank() > 0, "chunk: a scalar cannot be divided");
  const int64_t total = x.shape()[normalize_dim("chunk", dim, x.rank())];
  if (total == 0) {  // all parts are there, and empty
    return split(x, std::vector<int64_t>(static_cast<size_t>(chunks), 0), dim);
  }
  return split(x, (total - 1) / chunks + 1, dim);
}

}  // namespace helder
