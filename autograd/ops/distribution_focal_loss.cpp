#include "autograd/ops/distribution_focal_loss.h"

#include "autograd/grad_mode.h"
#include "autograd/ops/add.h"
#include "autograd/ops/any.h"
#include "autograd/ops/clamp.h"
#include "autograd/ops/compare.h"
#include "autograd/ops/cross_entropy.h"
#include "autograd/ops/floor.h"
#include "autograd/ops/logical.h"
#include "autograd/ops/matmul.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/softmax.h"
#include "autograd/ops/sub.h"
#include "tensor/factories.h"

namespace helder {

Tensor distribution_focal_loss(const Tensor& logits, const Tensor& target, Reduction reduction) {
  check(logits.rank() == 2 && logits.size(1) >= 2 && target.shape() == Shape{logits.size(0)},
        "distribution_focal_loss: expected logits [N,n], n at least 2, and targets [N], got {} and {}",
        logits.shape(), target.shape());
  check(target.dtype() == logits.dtype(), "distribution_focal_loss: targets must be {} as the logits, got {}",
        name_of(logits.dtype()), name_of(target.dtype()));
  check(!target.requires_grad(),
        "distribution_focal_loss: the target is taken as a constant, but it requires grad");
  const auto last = static_cast<double>(logits.size(1) - 1);
  check(target.numel() == 0 || any(logical_or(lt(target, 0), gt(target, last))).item() == 0,
        "distribution_focal_loss: a target lies outside of 0 to {}", last);
  const Tensor below = clamp_max(floor(target), last - 1), upper_share = target - below;
  const Tensor k = below.to(DType::Int64);
  const Tensor lower = cross_entropy(logits, k, {.reduction = Reduction::None});
  const Tensor upper = cross_entropy(logits, k + 1, {.reduction = Reduction::None});
  return reduce_recorded(lower * (1 - upper_share) + upper * upper_share, reduction);
}

Tensor distribution_mean(const Tensor& logits) {
  check(logits.rank() == 2, "distribution_mean: expected logits [N,n], got {}", logits.shape());
  const Tensor numbers =
      arange(0, static_cast<double>(logits.size(1)), 1, logits.dtype(), logits.device());  // 0, 1, ...
  return matmul(softmax(logits, 1), numbers);
}

}  // namespace helder
