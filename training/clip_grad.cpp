#include "training/clip_grad.h"

#include <cmath>

#include "autograd/grad_mode.h"
#include "autograd/ops/clamp.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/sum.h"

namespace helder {

double clip_grad_norm_(const std::vector<Tensor>& parameters, double max_norm) {
  check(max_norm >= 0, "clip_grad_norm_: max_norm must not be negative, got {}", max_norm);
  NoGrad guard;
  std::vector<Tensor> sums;
  for (const Tensor& parameter : parameters) {
    if (const Tensor grad = parameter.grad(); grad.defined()) {
      sums.push_back(sum(mul(grad, grad)));
    }
  }
  double squares = 0;
  for (const Tensor& sum : sums) {  // a GPU is waited for only when it has got all the work
    squares += sum.item();
  }
  const double norm = std::sqrt(squares);
  const double factor = max_norm / (norm + 1e-6);  // PyTorch's epsilon
  if (factor < 1 && std::isfinite(norm)) {
    for (const Tensor& parameter : parameters) {
      if (Tensor grad = parameter.grad(); grad.defined()) {
        mul_(grad, factor);
      }
    }
  }
  return norm;
}

void clip_grad_value_(const std::vector<Tensor>& parameters, double clip_value) {
  check(clip_value >= 0, "clip_grad_value_: clip_value must not be negative, got {}", clip_value);
  NoGrad guard;
  for (const Tensor& parameter : parameters) {
    if (Tensor grad = parameter.grad(); grad.defined()) {
      grad.copy_(clamp(grad, -clip_value, clip_value));
    }
  }
}

}  // namespace helder
