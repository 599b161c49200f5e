#include "autograd/ops/kl_div.h"

#include "autograd/ops/pair_loss.h"
#include "kernels/pair_loss/kl_div.h"

namespace helder {

Tensor kl_div(const Tensor& log_q, const Tensor& target, const KlDivOptions& options) {
  const auto operands = paired("kl_div", log_q, target);
  const Tensor& x = operands.first;
  const Tensor& t = operands.second;
  const bool averages = options.reduction == KlReduction::Mean || options.reduction == KlReduction::BatchMean;
  const Reduction reduction = averages                                ? Reduction::Mean
                              : options.reduction == KlReduction::Sum ? Reduction::Sum
                                                                      : Reduction::None;
  const bool by_sample = options.reduction == KlReduction::BatchMean;
  const int64_t count = !by_sample ? x.numel() : x.rank() == 0 ? 1 : x.size(0);
  return options.log_target ? pair_loss(x, t, Tensor(), reduction, count, kernels::KlDivOfLogs{})
                            : pair_loss(x, t, Tensor(), reduction, count, kernels::KlDiv{});
}

}  // namespace helder
