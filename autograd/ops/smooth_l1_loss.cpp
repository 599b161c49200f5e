#include "autograd/ops/smooth_l1_loss.h"

#include "autograd/ops/l1_loss.h"
#include "autograd/ops/pair_loss.h"
#include "kernels/pair_loss/smooth_l1_loss.h"

namespace helder {

Tensor smooth_l1_loss(const Tensor& x, const Tensor& target, Reduction reduction, double beta) {
  check(beta >= 0, "smooth_l1_loss: beta must not be negative, got {}", beta);
  if (beta == 0) {
    return l1_loss(x, target, reduction);
  }
  return pair_loss(x, target, reduction, kernels::SmoothL1Loss{beta});
}

}  // namespace helder
