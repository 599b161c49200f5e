#include "layers/frozen_batch_norm.h"

#include "autograd/ops/batch_norm.h"
#include "tensor/factories.h"

namespace helder {

FrozenBatchNorm2d::FrozenBatchNorm2d(int64_t features, double eps) : eps_(eps) {
  check(features >= 0, "FrozenBatchNorm2d: the number of features must not be negative, got {}", features);
  weight = register_buffer("weight", ones({features}));
  bias = register_buffer("bias", zeros({features}));
  running_mean = register_buffer("running_mean", zeros({features}));
  running_var = register_buffer("running_var", ones({features}));
}

Tensor FrozenBatchNorm2d::forward(const Tensor& x) {
  check(x.rank() == 4, "FrozenBatchNorm2d: expected [N,C,H,W], got {}", x.shape());
  return batch_norm(x, running_mean, running_var, weight, bias, false, 0, eps_);
}

std::string FrozenBatchNorm2d::describe() const {
  return fmt::format("FrozenBatchNorm2d({}{})", weight.size(0),
                     eps_ == 1e-5 ? "" : fmt::format(", eps={}", eps_));
}

}  // namespace helder
