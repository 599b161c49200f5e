#include "layers/batch_norm.h"

#include "autograd/grad_mode.h"
#include "autograd/ops/add.h"
#include "autograd/ops/batch_norm.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/neg.h"
#include "autograd/ops/rsqrt.h"
#include "autograd/ops/sub.h"
#include "tensor/factories.h"

namespace helder {

BatchNorm::BatchNorm(const char* name, int64_t features, const BatchNormOptions& options)
    : name_(name), features_(features), options_(options) {
  check(features >= 0, "{}: the number of features must not be negative, got {}", name, features);
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

Tensor BatchNorm::forward(const Tensor& x) {
  check_input(x);
  if (is_training() && options_.track_running_stats) {
    NoGrad guard;
    add_(num_batches_tracked, scalar(1, DType::Int64, num_batches_tracked.device()));
  }
  const bool use_batch_statistics = is_training() || !options_.track_running_stats;
  // Without a momentum each batch has the same share in the running statistics.
  const bool cumulative =
      !options_.momentum && options_.track_running_stats && num_batches_tracked.item() > 0;
  const double momentum = options_.momentum.value_or(cumulative ? 1 / num_batches_tracked.item() : 0);
  return batch_norm(x, running_mean, running_var, weight, bias, use_batch_statistics, momentum, options_.eps);
}

BatchNorm::Affine BatchNorm::affine() const {
  check(options_.track_running_stats, "{}: has no running statistics", name_);
  Tensor scale = rsqrt(add(running_var, options_.eps));
  if (weight.defined()) {
    scale = mul(scale, weight);
  }
  const Tensor moved = mul(running_mean, scale);
  return {scale, bias.defined() ? sub(bias, moved) : neg(moved)};
}

void BatchNorm::reset_running_stats() {
  if (options_.track_running_stats) {
    running_mean.fill_(0);
    running_var.fill_(1);
    num_batches_tracked.fill_(0);
  }
}

std::string BatchNorm::describe() const {
  const std::string momentum = !options_.momentum          ? ", momentum=none"
                               : *options_.momentum == 0.1 ? ""
                                                           : fmt::format(", momentum={}", *options_.momentum);
  return fmt::format("{}({}{}{}{}{})", name_, features_,
                     options_.eps == 1e-5 ? "" : fmt::format(", eps={}", options_.eps), momentum,
                     options_.affine ? "" : ", affine=false",
                     options_.track_running_stats ? "" : ", track_running_stats=false");
}

void BatchNorm1d::check_input(const Tensor& x) const {
  check(x.rank() == 2 || x.rank() == 3, "BatchNorm1d: expected [N,C] or [N,C,L], got {}", x.shape());
}

void BatchNorm2d::check_input(const Tensor& x) const {
  check(x.rank() == 4, "BatchNorm2d: expected [N,C,H,W], got {}", x.shape());
}

}  // namespace helder
