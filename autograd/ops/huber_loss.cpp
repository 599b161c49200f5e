#include "autograd/ops/huber_loss.h"

#include "autograd/ops/pair_loss.h"
#include "kernels/pair_loss/huber_loss.h"

namespace helder {

Tensor huber_loss(const Tensor& x, const Tensor& target, Reduction reduction, double delta) {
  check(delta > 0, "huber_loss: delta must be positive, got {}", delta);
  return pair_loss(x, target, reduction, kernels::HuberLoss{delta});
}

}  // namespace helder
