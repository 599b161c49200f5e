#include "layers/instance_norm.h"

#include "autograd/ops/instance_norm.h"
#include "autograd/ops/squeeze.h"
#include "tensor/factories.h"

namespace helder {

InstanceNorm2d::InstanceNorm2d(int64_t features, const InstanceNormOptions& options)
    : features_(features), options_(options) {
  check(features >= 0, "InstanceNorm2d: the number of features must not be negative, got {}", features);
  if (options.affine) {
    weight = register_parameter("weight", ones({features}));
    bias = register_parameter("bias", zeros({features}));
  }
  if (options.track_running_stats) {
    running_mean = register_buffer("running_mean", zeros({features}));
    running_var = register_buffer("running_var", ones({features}));
    num_batches_tracked = register_buffer("num_batches_tracked", zeros({}, DType::Int64));
  }
}

Tensor InstanceNorm2d::forward(const Tensor& x) {
  check(x.rank() == 3 || x.rank() == 4, "InstanceNorm2d: expected [N,C,H,W] or [C,H,W], got {}", x.shape());
  check(x.size(-3) == features_, "InstanceNorm2d: expected {} channels (input {})", features_, x.shape());
  if (x.rank() == 3) {
    return forward(x.unsqueeze(0)).squeeze(0);
  }
  const bool use_input_stats = is_training() || !options_.track_running_stats;
  return instance_norm(x, running_mean, running_var, weight, bias, use_input_stats, options_.momentum,
                       options_.eps);
}

std::string InstanceNorm2d::describe() const {
  return fmt::format("InstanceNorm2d({}{}{}{}{})", features_,
                     options_.eps == 1e-5 ? "" : fmt::format(", eps={}", options_.eps),
                     options_.momentum == 0.1 ? "" : fmt::format(", momentum={}", options_.momentum),
                     options_.affine ? ", affine=true" : "",
                     options_.track_running_stats ? ", track_running_stats=true" : "");
}

}  // namespace helder
