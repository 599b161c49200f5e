#include "autograd/ops/mse_loss.h"

#include "autograd/ops/pair_loss.h"
#include "kernels/pair_loss/mse_loss.h"

namespace helder {

Tensor mse_loss(const Tensor& x, const Tensor& target, Reduction reduction) {
  return pair_loss<kernels::MseLoss>(x, target, reduction);
}

}  // namespace helder
