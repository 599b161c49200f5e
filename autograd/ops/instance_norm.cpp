#include "autograd/ops/instance_norm.h"

#include "autograd/ops/batch_norm.h"
#include "autograd/ops/grouped_norm.h"
#include "kernels/group_norm/group_norm.h"
#include "tensor/cuda_built.h"
#include "tensor/on_cpu.h"

namespace helder {
namespace {

void check_arguments(const Tensor& x, const Tensor& running_mean, const Tensor& running_var,
                     bool use_input_stats) {
  check(x.rank() >= 3, "instance_norm: expected an input [N,C,L], [N,C,H,W] or [N,C,D,H,W], got {}",
        x.shape());
  check_channel_parameter("instance_norm", "running_mean", running_mean, x);
  check_channel_parameter("instance_norm", "running_var", running_var, x);
  check(running_mean.defined() == running_var.defined(),
        "instance_norm: running_mean and running_var go together, but only {} is given",
        running_mean.defined() ? "running_mean" : "running_var");
  check(use_input_stats || running_mean.defined(),
        "instance_norm: without use_input_stats it needs running_mean and running_var");
  check(!use_input_stats || x.numel() == 0 || x.numel() != x.size(0) * x.size(1),
        "instance_norm: a channel needs more than one value to take a variance of (input {})", x.shape());
  check(!use_input_stats || !running_mean.defined() ||
            (running_mean.is_contiguous() && running_var.is_contiguous()),
        "instance_norm: running_mean and running_var are changed in place and must be contiguous");
}

}  // namespace

// Forward and backward are in grouped_norm.cpp: a group for each channel.
Tensor instance_norm(const Tensor& x, const Tensor& running_mean, const Tensor& running_var,
                     const Tensor& weight, const Tensor& bias, bool use_input_stats, double momentum,
                     double eps) {
  check_arguments(x, running_mean, running_var, use_input_stats);
  if (!use_input_stats) {
    return batch_norm(x, running_mean, running_var, weight, bias, false, momentum, eps);
  }
  if (!running_mean.defined()) {
    return grouped_norm("instance_norm", x, x.size(1), weight, bias, eps);
  }
  GroupStatistics statistics;
  const Tensor y = grouped_norm("instance_norm", x, x.size(1), weight, bias, eps, &statistics);
  kernels::GroupNormGeometry geometry{x.size(0), x.size(1), 1, x.size(1)};
  for (int d = 2; d < x.rank(); ++d) {
    geometry.inner *= x.shape()[d];
  }
  running_mean.mark_changed("instance_norm");
  running_var.mark_changed("instance_norm");
  visit_floating(x.dtype(), "instance_norm", [&]<class T>() {
    if (on_cpu("instance_norm", x, running_mean, running_var)) {
      kernels::instance_norm_running_cpu(geometry, momentum, statistics.mean.data<T>(),
                                         statistics.variance.data<T>(), running_mean.data<T>(),
                                         running_var.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::instance_norm_running_cuda(geometry, momentum, statistics.mean.cuda_data<T>(),
                                          statistics.variance.cuda_data<T>(), running_mean.cuda_data<T>(),
                                          running_var.cuda_data<T>());
    }
  });
  return y;
}

}  // namespace helder
