#include "training/sgd.h"

#include "kernels/optim/sgd.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"

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

namespace {

kernels::SgdOptions kernel_options(const SGDOptions& o) {
  return {.lr = o.lr,
          .momentum = o.momentum,
          .dampening = o.dampening,
          .weight_decay = o.weight_decay,
          .nesterov = o.nesterov,
          .maximize = o.maximize};
}

}  // namespace

void SGD::update(size_t i, const Tensor& parameter, const Tensor& grad) {
  const SGDOptions& o = options_of(i);
  Tensor& velocity = velocity_[i];
  const bool first = !velocity.defined();
  if (first && o.momentum != 0) {
    velocity = empty_like(parameter);
  }
  visit_floating(parameter.dtype(), "SGD", [&]<class T>() {
    kernels::sgd_step_cpu(parameter.numel(), kernel_options(o), first, parameter.data<T>(), grad.data<T>(),
                          velocity.defined() ? velocity.data<T>() : nullptr);
  });
}

void SGD::update_together([[maybe_unused]] std::span<const Update> updates,
                          [[maybe_unused]] const Tensor& factors) {
  if constexpr (kCudaBuilt) {
    const SGDOptions& o = options_of(updates.front().i);
    visit_floating(updates.front().parameter.dtype(), "SGD", [&]<class T>() {
      std::vector<kernels::SgdTensor<T>> later, now;  // now: the first step of these
      for (const Update& one : updates) {
        Tensor& velocity = velocity_[one.i];
        const bool first = !velocity.defined() && o.momentum != 0;
        if (first) {
          check(!factors.defined(), "SGD: it got a momentum since its last step; take one before a capture");
          velocity = empty_like(one.parameter);
        }
        (first ? now : later)
            .push_back({one.parameter.numel(), one.parameter.cuda_data<T>(), one.grad.cuda_data<T>(),
                        velocity.defined() ? velocity.cuda_data<T>() : nullptr});
      }
      const auto* stored = factors.defined()
                               ? reinterpret_cast<const kernels::SgdFactors<T>*>(factors.cuda_data<T>())
                               : nullptr;
      kernels::sgd_steps_cuda<T>(now, kernel_options(o), /*first_step=*/true, stored);
      kernels::sgd_steps_cuda<T>(later, kernel_options(o), /*first_step=*/false, stored);
    });
  }
}

int64_t SGD::factor_count() const { return sizeof(kernels::SgdFactors<float>) / sizeof(float); }

void SGD::store_factors([[maybe_unused]] size_t i, [[maybe_unused]] const Tensor& factors) {
  if constexpr (kCudaBuilt) {
    visit_floating(factors.dtype(), "SGD", [&]<class T>() {
      kernels::store_sgd_factors_cuda(kernel_options(options_of(i)),
                                      reinterpret_cast<kernels::SgdFactors<T>*>(factors.cuda_data<T>()));
    });
  }
}

}  // namespace helder
