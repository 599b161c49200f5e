#include "training/rmsprop.h"

#include "kernels/optim/rmsprop.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/on_cpu.h"

namespace helder {

RMSprop::RMSprop(std::vector<Tensor> parameters, const RMSpropOptions& options)
    : RMSprop(one_group(std::move(parameters), options)) {}

RMSprop::RMSprop(std::vector<ParameterGroup<RMSpropOptions>> groups)
    : GroupedOptimizer(std::move(groups)),
      square_(add_buffers("square")),
      mean_(add_buffers("mean", /*always=*/false)),
      velocity_(add_buffers("velocity", /*always=*/false)) {
  for (size_t group = 0; group < group_count(); ++group) {
    const RMSpropOptions& o = options(group);
    check(o.alpha >= 0 && o.eps >= 0 && o.weight_decay >= 0 && o.momentum >= 0,
          "RMSprop: alpha, eps, weight_decay and momentum must not be negative, got {}, {}, {} and {}",
          o.alpha, o.eps, o.weight_decay, o.momentum);
  }
}

void RMSprop::update(size_t i, const Tensor& parameter, const Tensor& grad) {
  const RMSpropOptions& o = options_of(i);
  for (const auto& [buffer, used] :
       {std::pair{&square_[i], true}, {&mean_[i], o.centered}, {&velocity_[i], o.momentum > 0}}) {
    if (used && !buffer->defined()) {
      *buffer = zeros_like(parameter);
    }
  }
  const kernels::RmspropOptions options{.lr = o.lr,
                                        .alpha = o.alpha,
                                        .eps = o.eps,
                                        .weight_decay = o.weight_decay,
                                        .momentum = o.momentum,
                                        .maximize = o.maximize};
  visit_floating(parameter.dtype(), "RMSprop", [&]<class T>() {
    if (on_cpu("RMSprop", parameter, grad, square_[i])) {
      kernels::rmsprop_step_cpu(parameter.numel(), options, parameter.data<T>(), grad.data<T>(),
                                square_[i].data<T>(), o.centered ? mean_[i].data<T>() : nullptr,
                                o.momentum > 0 ? velocity_[i].data<T>() : nullptr);
    } else if constexpr (kCudaBuilt) {
      kernels::rmsprop_step_cuda(parameter.numel(), options, parameter.cuda_data<T>(), grad.cuda_data<T>(),
                                 square_[i].cuda_data<T>(), o.centered ? mean_[i].cuda_data<T>() : nullptr,
                                 o.momentum > 0 ? velocity_[i].cuda_data<T>() : nullptr);
    }
  });
}

}  // namespace helder
