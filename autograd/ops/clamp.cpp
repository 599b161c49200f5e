#include "autograd/ops/clamp.h"

#include <algorithm>

#include "autograd/ops/elementwise.h"
#include "kernels/elementwise/clamp.h"

namespace helder {

Tensor clamp(const Tensor& x, double low, double high) {
  check(low <= high, "clamp: low {} is above high {}", low, high);
  if (!is_floating_point(x.dtype())) {
    constexpr double least = -0x1p63, most = 0x1.fffffffffffffp62;  // int64 holds no infinity
    return unary(x, kernels::Clamp{std::clamp(low, least, most), std::clamp(high, least, most)});
  }
  return unary(x, kernels::Clamp{low, high});
}

}  // namespace helder
