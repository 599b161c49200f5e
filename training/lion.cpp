#include "training/lion.h"

#include "kernels/optim/lion.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/on_cpu.h"

namespace helder {

Lion::Lion(std::vector<Tensor> parameters, const LionOptions& options)
    : Lion(one_group(std::move(parameters), options)) {}

Lion::Lion(std::vector<ParameterGroup<LionOptions>> groups)
    : GroupedOptimizer(std::move(groups)), momentum_(add_buffers("momentum")) {
  for (size_t group = 0; group < group_count(); ++group) {
    const LionOptions& o = options(group);
    check(o.beta1 >= 0 && o.beta1 < 1 && o.beta2 >= 0 && o.beta2 < 1,
          "Lion: betas must lie in [0, 1), got {} and {}", o.beta1, o.beta2);
    check(o.weight_decay >= 0, "Lion: weight_decay must not be negative, got {}", o.weight_decay);
  }
}

void Lion::update(size_t i, const Tensor& parameter, const Tensor& grad) {
  const LionOptions& o = options_of(i);
  if (!momentum_[i].defined()) {
    momentum_[i] = zeros_like(parameter);
  }
  const kernels::LionOptions options{
      .lr = o.lr, .beta1 = o.beta1, .beta2 = o.beta2, .weight_decay = o.weight_decay};
  visit_floating(parameter.dtype(), "Lion", [&]<class T>() {
    if (on_cpu("Lion", parameter, grad, momentum_[i])) {
      kernels::lion_step_cpu(parameter.numel(), options, parameter.data<T>(), grad.data<T>(),
                             momentum_[i].data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::lion_step_cuda(parameter.numel(), options, parameter.cuda_data<T>(), grad.cuda_data<T>(),
                              momentum_[i].cuda_data<T>());
    }
  });
}

}  // namespace helder
