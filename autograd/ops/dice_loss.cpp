#include "autograd/ops/dice_loss.h"

#include "autograd/ops/add.h"
#include "autograd/ops/div.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/reshape.h"
#include "autograd/ops/sub.h"
#include "autograd/ops/sum.h"

namespace helder {

Tensor dice_loss(const Tensor& p, const Tensor& target, const DiceLossOptions& options) {
  check(p.rank() >= 2 && p.shape() == target.shape(),
        "dice_loss: input {} and target {} must have one shape, [N, ...]", p.shape(), target.shape());
  check(is_floating_point(p.dtype()), "dice_loss: the input must be float32 or float64, got {}",
        name_of(p.dtype()));
  check(options.smooth >= 0, "dice_loss: smooth must not be negative, got {}", options.smooth);
  const Tensor x = flatten(p, 1);
  const Tensor t = flatten(target, 1).to(p.dtype());
  const Tensor overlap = 2 * sum(x * t, {1}) + options.smooth;
  const Tensor sizes = sum(x, {1}) + sum(t, {1}) + options.smooth;
  return reduce_recorded(1 - overlap / sizes, options.reduction);
}

}  // namespace helder
