#include "autograd/ops/group_norm.h"

#include "autograd/ops/grouped_norm.h"

namespace helder {

// Forward and backward are in grouped_norm.cpp.
Tensor group_norm(const Tensor& x, int64_t num_groups, const Tensor& weight, const Tensor& bias, double eps) {
  check(x.rank() >= 2, "group_norm: expected an input [N,C,...], got {}", x.shape());
  check(num_groups > 0 && x.size(1) % num_groups == 0,
        "group_norm: {} channels do not divide into {} groups (input {})", x.size(1), num_groups, x.shape());
  check(x.numel() != num_groups,
        "group_norm: a group needs more than one value to take a variance of (input {})", x.shape());
  return grouped_norm("group_norm", x, num_groups, weight, bias, eps);
}

}  // namespace helder
