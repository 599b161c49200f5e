#include "training/adagrad.h"

#include "kernels/optim/adagrad.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/on_cpu.h"

namespace helder {

Adagrad::Adagrad(std::vector<Tensor> parameters, const AdagradOptions& options)
    : Adagrad(one_group(std::move(parameters), options)) {}

Adagrad::Adagrad(std::vector<ParameterGroup<AdagradOptions>> groups)
    : GroupedOptimizer(std::move(groups)), square_(add_buffers("square")) {
  for (size_t group = 0; group < group_count(); ++group) {
    const AdagradOptions& o = options(group);
    check(o.lr_decay >= 0 && o.weight_decay >= 0 && o.initial_accumulator_value >= 0 && o.eps >= 0,
          "Adagrad: lr_decay, weight_decay, initial_accumulator_value and eps must not be negative, got {}, "
          "{}, {} and {}",
          o.lr_decay, o.weight_decay, o.initial_accumulator_value, o.eps);
  }
}

void Adagrad::update(size_t i, const Tensor& parameter, const Tensor& grad) {
  const AdagradOptions& o = options_of(i);
  if (!square_[i].defined()) {
    square_[i] = full(parameter.shape(), o.initial_accumulator_value, parameter.dtype(), parameter.device());
  }
  const double lr = o.lr / (1 + static_cast<double>(steps(i) - 1) * o.lr_decay);
  const kernels::AdagradOptions options{
      .lr = lr, .weight_decay = o.weight_decay, .eps = o.eps, .maximize = o.maximize};
  visit_floating(parameter.dtype(), "Adagrad", [&]<class T>() {
    if (on_cpu("Adagrad", parameter, grad, square_[i])) {
      kernels::adagrad_step_cpu(parameter.numel(), options, parameter.data<T>(), grad.data<T>(),
                                square_[i].data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::adagrad_step_cuda(parameter.numel(), options, parameter.cuda_data<T>(), grad.cuda_data<T>(),
                                 square_[i].cuda_data<T>());
    }
  });
}

}  // namespace helder
