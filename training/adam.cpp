#include "training/adam.h"

#include "kernels/optim/adam.h"
#include "tensor/factories.h"

namespace helder {

Adam::Adam(std::vector<Tensor> parameters, const AdamOptions& options)
    : Adam(std::move(parameters), options, false) {}

Adam::Adam(std::vector<Tensor> parameters, const AdamOptions& options, bool decoupled)
    : Optimizer(std::move(parameters), options.lr),
      options_(options),
      decoupled_(decoupled),
      mean_(add_buffers("mean")),
      square_(add_buffers("square")) {
  check(options.beta1 >= 0 && options.beta1 < 1 && options.beta2 >= 0 && options.beta2 < 1,
        "Adam: betas must lie in [0, 1), got {} and {}", options.beta1, options.beta2);
  check(options.eps >= 0 && options.weight_decay >= 0,
        "Adam: eps and weight_decay must not be negative, got {} and {}", options.eps, options.weight_decay);
}

void Adam::update(size_t i, const Tensor& parameter, const Tensor& grad) {
  if (!mean_[i].defined()) {
    mean_[i] = zeros_like(parameter);
    square_[i] = zeros_like(parameter);
  }
  const kernels::AdamOptions options{.lr = lr(),
                                     .beta1 = options_.beta1,
                                     .beta2 = options_.beta2,
                                     .eps = options_.eps,
                                     .weight_decay = options_.weight_decay,
                                     .decoupled = decoupled_};
  visit_floating(parameter.dtype(), "Adam", [&]<class T>() {
    kernels::adam_step_cpu(parameter.numel(), options, steps(i), parameter.data<T>(), grad.data<T>(),
                           mean_[i].data<T>(), square_[i].data<T>());
  });
}

AdamW::AdamW(std::vector<Tensor> parameters, const AdamWOptions& options)
    : Adam(std::move(parameters),
           {.lr = options.lr,
            .beta1 = options.beta1,
            .beta2 = options.beta2,
            .eps = options.eps,
            .weight_decay = options.weight_decay},
           /*decoupled=*/true) {}

}  // namespace helder
