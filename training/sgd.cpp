#include "training/sgd.h"

#include "kernels/optim/sgd.h"
#include "tensor/factories.h"

namespace helder {

SGD::SGD(std::vector<Tensor> parameters, const SGDOptions& options)
    : Optimizer(std::move(parameters), options.lr), options_(options), velocity_(add_buffers("velocity")) {
  check(options.momentum >= 0 && options.weight_decay >= 0,
        "SGD: momentum and weight_decay must not be negative, got {} and {}", options.momentum,
        options.weight_decay);
  check(!options.nesterov || (options.momentum > 0 && options.dampening == 0),
        "SGD: Nesterov needs momentum and no dampening, got momentum {} and dampening {}", options.momentum,
        options.dampening);
}

void SGD::update(size_t i, const Tensor& parameter, const Tensor& grad) {
  Tensor& velocity = velocity_[i];
  const bool first = !velocity.defined();
  if (first && options_.momentum != 0) {
    velocity = empty_like(parameter);
  }
  const kernels::SgdOptions options{.lr = lr(),
                                    .momentum = options_.momentum,
                                    .dampening = options_.dampening,
                                    .weight_decay = options_.weight_decay,
                                    .nesterov = options_.nesterov};
  visit_floating(parameter.dtype(), "SGD", [&]<class T>() {
    kernels::sgd_step_cpu(parameter.numel(), options, first, parameter.data<T>(), grad.data<T>(),
                          velocity.defined() ? velocity.data<T>() : nullptr);
  });
}

}  // namespace helder
