#include "training/sgd.h"

#include "kernels/optim/sgd.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/on_cpu.h"

namespace helder {

SGD::SGD(std::vector<Tensor> parameters, const SGDOptions& options)
    : SGD(one_group(std::move(parameters), options)) {}

SGD::SGD(std::vector<ParameterGroup<SGDOptions>> groups)
    : GroupedOptimizer(std::move(groups)), velocity_(add_buffers("velocity", /*always=*/false)) {
  for (size_t group = 0; group < group_count(); ++group) {
    const SGDOptions& o = options(group);
    check(o.momentum >= 0 && o.weight_decay >= 0,
          "SGD: momentum and weight_decay must not be negative, got {} and {}", o.momentum, o.weight_decay);
    check(!o.nesterov || (o.momentum > 0 && o.dampening == 0),
          "SGD: Nesterov needs momentum and no dampening, got momentum {} and dampening {}", o.momentum,
          o.dampening);
  }
}

void SGD::update(size_t i, const Tensor& parameter, const Tensor& grad) {
  const SGDOptions& o = options_of(i);
  Tensor& velocity = velocity_[i];
  const bool first = !velocity.defined();
  if (first && o.momentum != 0) {
    velocity = empty_like(parameter);
  }
  const kernels::SgdOptions options{.lr = o.lr,
                                    .momentum = o.momentum,
                                    .dampening = o.dampening,
                                    .weight_decay = o.weight_decay,
                                    .nesterov = o.nesterov,
                                    .maximize = o.maximize};
  visit_floating(parameter.dtype(), "SGD", [&]<class T>() {
    if (on_cpu("SGD", parameter, grad, velocity)) {
      kernels::sgd_step_cpu(parameter.numel(), options, first, parameter.data<T>(), grad.data<T>(),
                            velocity.defined() ? velocity.data<T>() : nullptr);
    } else if constexpr (kCudaBuilt) {
      kernels::sgd_step_cuda(parameter.numel(), options, first, parameter.cuda_data<T>(), grad.cuda_data<T>(),
                             velocity.defined() ? velocity.cuda_data<T>() : nullptr);
    }
  });
}

}  // namespace helder
