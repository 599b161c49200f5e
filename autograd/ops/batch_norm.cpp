#include "autograd/ops/batch_norm.h"

#include "autograd/attributes.h"
#include "autograd/node.h"
#include "autograd/ops/optional_data.h"
#include "kernels/batch_norm/batch_norm.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/on_cpu.h"

namespace helder {
namespace {

// y = n w + b,  n = (x - mean) inverse_std.  dw = sum(dy n),  db = sum(dy),  dx = w inverse_std times dy,
// less, in training, dy's mean and its component along n: x cannot change the mean and variance of n.
struct BatchNormNode final : Node, HasAttributes {
  BatchNormNode() : Node("batch_norm") {}
  kernels::BatchNormGeometry geometry;
  bool training = false;
  double eps = 0;
  Tensor running_mean, running_var;  // not differentiated; handles, which keep no numbers of this batch
  Saved x{*this, "x"}, mean{*this, "mean"}, inverse_std{*this, "inverse_std"}, weight{*this, "weight"};

  Attributes attributes() const override {
    return {{"running_mean", running_mean},
            {"running_var", running_var},
            {"training", int64_t{training}},
            {"eps", eps}};
  }

  std::vector<Tensor> backward(const Tensor& dy0) override {
    const Tensor dy = contiguous_copy(dy0);
    const Tensor dx = needs_grad(0) ? empty(input_shape(0), dtype(), device()) : Tensor();
    const Tensor dweight = needs_grad(1) ? empty(input_shape(1), dtype(), device()) : Tensor();
    const Tensor dbias = needs_grad(2) ? empty(input_shape(2), dtype(), device()) : Tensor();
    visit_floating(dtype(), name(), [&]<class T>() {
      if (on_cpu(name(), x.get(), dy)) {
        kernels::batch_norm_backward_cpu(geometry, training, x.get().data<T>(), dy.data<T>(),
                                         mean.get().data<T>(), inverse_std.get().data<T>(),
                                         data_or_null<T>(weight), data_or_null<T>(dx),
                                         data_or_null<T>(dweight), data_or_null<T>(dbias));
      } else if constexpr (kCudaBuilt) {
        kernels::batch_norm_backward_cuda(geometry, training, x.get().cuda_data<T>(), dy.cuda_data<T>(),
                                          mean.get().cuda_data<T>(), inverse_std.get().cuda_data<T>(),
                                          cuda_data_or_null<T>(weight), cuda_data_or_null<T>(dx),
                                          cuda_data_or_null<T>(dweight), cuda_data_or_null<T>(dbias));
      }
    });
    return {dx, dweight, dbias};
  }
};

void check_per_channel(const char* name, const Tensor& parameter, const Tensor& x) {
  if (!parameter.defined()) {
    return;
  }
  check(parameter.shape() == Shape{x.size(1)},
        "batch_norm: {} has shape {} but the input has {} channels (input {})", name, parameter.shape(),
        x.size(1), x.shape());
  check(parameter.dtype() == x.dtype(), "batch_norm: {} is {} but the input is {}", name,
        name_of(parameter.dtype()), name_of(x.dtype()));
}

void check_arguments(const Tensor& x, const Tensor& running_mean, const Tensor& running_var,
                     const Tensor& weight, const Tensor& bias, bool training) {
  check(x.rank() >= 2, "batch_norm: expected an input [N,C], [N,C,L] or [N,C,H,W], got {}", x.shape());
  check_per_channel("running_mean", running_mean, x);
  check_per_channel("running_var", running_var, x);
  check_per_channel("weight", weight, x);
  check_per_channel("bias", bias, x);
  check(running_mean.defined() == running_var.defined(),
        "batch_norm: running_mean and running_var go together, but only {} is given",
        running_mean.defined() ? "running_mean" : "running_var");
  check(training || running_mean.defined(), "batch_norm: evaluation needs running_mean and running_var");
  check(!training || x.size(1) == 0 || x.numel() != x.size(1),
        "batch_norm: training needs more than one value per channel to take a variance of (input {})",
        x.shape());
  check(!training || !running_mean.defined() || (running_mean.is_contiguous() && running_var.is_contiguous()),
        "batch_norm: running_mean and running_var are changed in place and must be contiguous");
}

}  // namespace

Tensor batch_norm(const Tensor& input, const Tensor& running_mean, const Tensor& running_var,
                  const Tensor& weight0, const Tensor& bias0, bool training, double momentum, double eps) {
  check_arguments(input, running_mean, running_var, weight0, bias0, training);
  const Tensor x = contiguous_copy(input);
  const Tensor weight = weight0.defined() ? contiguous_copy(weight0) : Tensor();
  const Tensor bias = bias0.defined() ? contiguous_copy(bias0) : Tensor();
  const int64_t channels = x.size(1);
  kernels::BatchNormGeometry geometry{x.size(0), channels, 1};
  for (int d = 2; d < x.rank(); ++d) {
    geometry.inner *= x.shape()[d];
  }

  const bool cpu = on_cpu("batch_norm", x, weight, bias, running_mean, running_var);
  if (training && running_mean.defined()) {
    running_mean.mark_changed("batch_norm");
    running_var.mark_changed("batch_norm");
  }
  Tensor y = empty_like(x);
  const Tensor mean = empty({channels}, x.dtype(), x.device());
  const Tensor inverse_std = empty({channels}, x.dtype(), x.device());
  visit_floating(x.dtype(), "batch_norm", [&]<class T>() {
    if (training) {
      if (cpu) {
        kernels::batch_norm_train_cpu(geometry, eps, momentum, x.data<T>(), data_or_null<T>(weight),
                                      data_or_null<T>(bias), data_or_null<T>(running_mean),
                                      data_or_null<T>(running_var), mean.data<T>(), inverse_std.data<T>(),
                                      y.data<T>());
      } else if constexpr (kCudaBuilt) {
        kernels::batch_norm_train_cuda(geometry, eps, momentum, x.cuda_data<T>(),
                                       cuda_data_or_null<T>(weight), cuda_data_or_null<T>(bias),
                                       cuda_data_or_null<T>(running_mean), cuda_data_or_null<T>(running_var),
                                       mean.cuda_data<T>(), inverse_std.cuda_data<T>(), y.cuda_data<T>());
      }
    } else if (cpu) {
      kernels::batch_norm_eval_cpu(geometry, eps, x.data<T>(), data_or_null<T>(weight), data_or_null<T>(bias),
                                   contiguous_copy(running_mean).data<T>(),
                                   contiguous_copy(running_var).data<T>(), mean.data<T>(),
                                   inverse_std.data<T>(), y.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::batch_norm_eval_cuda(geometry, eps, x.cuda_data<T>(), cuda_data_or_null<T>(weight),
                                    cuda_data_or_null<T>(bias), contiguous_copy(running_mean).cuda_data<T>(),
                                    contiguous_copy(running_var).cuda_data<T>(), mean.cuda_data<T>(),
                                    inverse_std.cuda_data<T>(), y.cuda_data<T>());
    }
  });
  if (auto* node = record<BatchNormNode>(y, input, weight0, bias0)) {
    node->geometry = geometry;
    node->training = training;
    node->eps = eps;
    node->running_mean = running_mean;
    node->running_var = running_var;
    node->x = x;
    node->mean = mean;
    node->inverse_std = inverse_std;
    node->weight = weight;
  }
  return y;
}

}  // namespace helder
