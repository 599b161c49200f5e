#include "training/nonfinite.h"

#include <cmath>

#include "autograd/grad_mode.h"
#include "layers/module_guards.h"
#include "tensor/copy.h"

namespace helder {

bool all_finite(const Tensor& x) {
  const Tensor dense = contiguous_copy(copied_to(x.detach(), Device::Cpu));
  return visit_floating(x.dtype(), "all_finite", [&]<class T>() {
    const T* values = dense.data<T>();
    for (int64_t i = 0; i < dense.numel(); ++i) {
      if (!std::isfinite(values[i])) {
        return false;
      }
    }
    return true;
  });
}

std::string explain_nonfinite(Module& model, const Tensor& x) {
  if (!all_finite(x)) {
    return "the input itself is not finite";
  }
  // Children finish before their parents, so the first call that ends with a bad output is the place.
  std::string place;
  {
    ForwardHooks hooks;
    for (const auto& [path, module] : model.named_modules()) {
      hooks.add(*module, [&, path = path](const Module& m, std::span<const Tensor>, const Tensor& output) {
        if (place.empty() && !all_finite(output)) {
          place = path.empty() ? m.describe() : fmt::format("{}, a {}", path, m.describe());
        }
      });
    }
    NoGrad guard;
    model(x);
  }
  if (place.empty()) {
    return "every module's output is finite; the loss function made it";
  }
  std::string weights;
  for (const auto& [name, parameter] : model.named_parameters()) {
    if (!all_finite(parameter)) {
      weights = fmt::format("; the weights went before it: {} is not finite", name);
      break;
    }
  }
  return fmt::format("the first module whose output is not finite is {}{}", place, weights);
}

}  // namespace helder
