#include "autograd/ops/l1_loss.h"

#include "autograd/ops/pair_loss.h"
#include "kernels/pair_loss/l1_loss.h"

namespace helder {

Tensor l1_loss(const Tensor& x, const Tensor& target, Reduction reduction) {
  return pair_loss<kernels::L1Loss>(x, target, reduction);
}

}  // namespace helder
