#include "autograd/gradcheck.h"

#include <cmath>

#include "autograd/grad_mode.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/sum.h"
#include "tensor/factories.h"
#include "tensor/strided_loop.h"

namespace helder {
namespace {

// Element i, in row-major order, of a tensor with any strides.
double& element(const Tensor& x, int64_t i) {
  int64_t offset = 0;
  for (int d = x.rank() - 1; d >= 0; --d) {
    offset += i % x.shape()[d] * x.strides()[d];
    i /= x.shape()[d];
  }
  return x.data<double>()[offset];
}

}  // namespace

GradcheckResult gradcheck(const std::function<Tensor(const std::vector<Tensor>&)>& f,
                          const std::vector<Tensor>& inputs, const GradcheckOptions& options) {
  for (size_t i = 0; i < inputs.size(); ++i) {
    check(!inputs[i].defined() || !inputs[i].requires_grad() || inputs[i].dtype() == DType::Float64,
          "gradcheck: input {} is {}; differences are only meaningful in float64", i,
          inputs[i].defined() ? name_of(inputs[i].dtype()) : "");
    if (inputs[i].defined() && inputs[i].requires_grad()) {
      Tensor(inputs[i]).set_grad({});
    }
  }

  const Tensor y = f(inputs);
  Generator generator(options.seed);
  const Tensor cotangent = randn(y.shape(), DType::Float64, generator);
  y.backward(cotangent);
  const auto project = [&] {  // <v, f(x)>
    NoGrad guard;
    return sum(mul(f(inputs), cotangent)).item();
  };

  GradcheckResult result;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const Tensor& x = inputs[i];
    if (!x.defined() || !x.requires_grad()) {
      continue;
    }
    const Tensor grad = x.grad().defined() ? x.grad() : zeros_like(x);
    for (int64_t k = 0; k < x.numel(); ++k) {
      double& value = element(x, k);
      const double before = value;
      value = before + options.epsilon;
      const double above = project();
      value = before - options.epsilon;
      const double below = project();
      value = before;

      const double numeric = (above - below) / (2 * options.epsilon);
      const double analytic = element(grad, k);
      const double error = std::abs(analytic - numeric);
      ++result.checked;
      result.worst = std::isfinite(error) ? std::max(result.worst, error) : INFINITY;
      if (!(error <= options.absolute_tolerance + options.relative_tolerance * std::abs(numeric)) &&
          result.ok) {
        result.ok = false;
        result.message =
            fmt::format("gradcheck: input {} of shape {}, element {}: backward gives {}, the difference {}",
                        i, x.shape().str(), k, analytic, numeric);
      }
    }
  }
  return result;
}

}  // namespace helder
