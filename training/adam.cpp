#include "training/adam.h"

#include "kernels/optim/adam.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"

namespace helder {

Adam::Adam(std::vector<Tensor> parameters, const AdamOptions& options)
    : Adam(one_group(std::move(parameters), options), false) {}

Adam::Adam(std::vector<ParameterGroup<AdamOptions>> groups) : Adam(std::move(groups), false) {}

Adam::Adam(std::vector<ParameterGroup<AdamOptions>> groups, bool decoupled)
    : GroupedOptimizer(std::move(groups)),
      decoupled_(decoupled),
      mean_(add_buffers("mean")),
      square_(add_buffers("square")),
      max_square_(add_buffers("max_square", /*always=*/false)) {
  for (size_t group = 0; group < group_count(); ++group) {
    const AdamOptions& o = options(group);
    check(o.beta1 >= 0 && o.beta1 < 1 && o.beta2 >= 0 && o.beta2 < 1,
          "{}: betas must lie in [0, 1), got {} and {}", Adam::name(), o.beta1, o.beta2);
    check(o.eps >= 0 && o.weight_decay >= 0, "{}: eps and weight_decay must not be negative, got {} and {}",
          Adam::name(), o.eps, o.weight_decay);
  }
}

namespace {

kernels::AdamOptions kernel_options(const AdamOptions& o, bool decoupled) {
  return {.lr = o.lr,
          .beta1 = o.beta1,
          .beta2 = o.beta2,
          .eps = o.eps,
          .weight_decay = o.weight_decay,
          .decoupled = decoupled,
          .amsgrad = o.amsgrad,
          .maximize = o.maximize};
}

}  // namespace

// The buffers of parameter i, on its first step.
void Adam::prepare(size_t i, const Tensor& parameter) {
  if (!mean_[i].defined()) {
    mean_[i] = zeros_like(parameter);
    square_[i] = zeros_like(parameter);
  }
  if (options_of(i).amsgrad && !max_square_[i].defined()) {
    max_square_[i] = zeros_like(parameter);
  }
}

void Adam::update(size_t i, const Tensor& parameter, const Tensor& grad) {
  const AdamOptions& o = options_of(i);
  prepare(i, parameter);
  visit_floating(parameter.dtype(), "Adam", [&]<class T>() {
    kernels::adam_step_cpu(parameter.numel(), kernel_options(o, decoupled_), steps(i), parameter.data<T>(),
                           grad.data<T>(), mean_[i].data<T>(), square_[i].data<T>(),
                           o.amsgrad ? max_square_[i].data<T>() : nullptr);
  });
}

void Adam::update_together([[maybe_unused]] std::span<const Update> updates,
                           [[maybe_unused]] const Tensor& factors) {
  if constexpr (kCudaBuilt) {
    const size_t first = updates.front().i;
    const AdamOptions& o = options_of(first);
    visit_floating(updates.front().parameter.dtype(), "Adam", [&]<class T>() {
      std::vector<kernels::AdamTensor<T>> tensors;
      for (const Update& one : updates) {
        prepare(one.i, one.parameter);
        tensors.push_back({one.parameter.numel(), one.parameter.cuda_data<T>(), one.grad.cuda_data<T>(),
                           mean_[one.i].cuda_data<T>(), square_[one.i].cuda_data<T>(),
                           o.amsgrad ? max_square_[one.i].cuda_data<T>() : nullptr});
      }
      kernels::adam_steps_cuda<T>(
          tensors, kernel_options(o, decoupled_), steps(first),
          factors.defined() ? reinterpret_cast<const kernels::AdamFactors<T>*>(factors.cuda_data<T>())
                            : nullptr);
    });
  }
}

int64_t Adam::factor_count() const { return sizeof(kernels::AdamFactors<float>) / sizeof(float); }

void Adam::store_factors([[maybe_unused]] size_t i, [[maybe_unused]] const Tensor& factors) {
  if constexpr (kCudaBuilt) {
    visit_floating(factors.dtype(), "Adam", [&]<class T>() {
      kernels::store_adam_factors_cuda(kernel_options(options_of(i), decoupled_), steps(i),
                                       reinterpret_cast<kernels::AdamFactors<T>*>(factors.cuda_data<T>()));
    });
  }
}

namespace {

// The same options, with AdamW's defaults where they were not given.
AdamOptions as_adam(const AdamWOptions& o) {
  return {.lr = o.lr,
          .beta1 = o.beta1,
          .beta2 = o.beta2,
          .eps = o.eps,
          .weight_decay = o.weight_decay,
          .amsgrad = o.amsgrad,
          .maximize = o.maximize};
}

std::vector<ParameterGroup<AdamOptions>> as_adam(const std::vector<ParameterGroup<AdamWOptions>>& groups) {
  std::vector<ParameterGroup<AdamOptions>> result;
  for (const auto& group : groups) {
    result.push_back({group.parameters, as_adam(group.options)});
  }
  return result;
}

}  // namespace

AdamW::AdamW(std::vector<Tensor> parameters, const AdamWOptions& options)
    : Adam(one_group(std::move(parameters), as_adam(options)), /*decoupled=*/true) {}

AdamW::AdamW(const std::vector<ParameterGroup<AdamWOptions>>& groups)
    : Adam(as_adam(groups), /*decoupled=*/true) {}

}  // namespace helder
