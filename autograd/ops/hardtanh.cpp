#include "autograd/ops/hardtanh.h"

#include "autograd/ops/clamp.h"
#include "autograd/ops/elementwise.h"
#include "kernels/elementwise/hardtanh.h"

namespace helder {

Tensor hardtanh(const Tensor& x, double min_val, double max_val) {
  check(min_val <= max_val, "hardtanh: min_val {} is above max_val {}", min_val, max_val);
  if (!is_floating_point(x.dtype())) {
    return clamp(x, min_val, max_val);
  }
  return unary_floating(x, kernels::Hardtanh{min_val, max_val});
}

}  // namespace helder
