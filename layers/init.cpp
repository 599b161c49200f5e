#include "layers/init.h"

#include <cmath>

#include "autograd/grad_mode.h"
#include "autograd/ops/add.h"
#include "autograd/ops/clamp.h"
#include "autograd/ops/compare.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/sum.h"
#include "autograd/ops/where.h"
#include "tensor/factories.h"

namespace helder::init {
namespace {

thread_local bool skip_random = false;

}  // namespace

SkipRandom::SkipRandom() : before_(skip_random) { skip_random = true; }
SkipRandom::~SkipRandom() { skip_random = before_; }

Tensor& constant_(Tensor& x, double value) {
  NoGrad guard;
  return x.fill_(value);
}

Tensor& zeros_(Tensor& x) { return constant_(x, 0); }
Tensor& ones_(Tensor& x) { return constant_(x, 1); }

Tensor& uniform_(Tensor& x, double low, double high, Generator& generator) {
  check(low <= high, "uniform_: low {} is above high {}", low, high);
  if (skip_random) {
    return zeros_(x);
  }
  NoGrad guard;
  return x.copy_(add(mul(rand(x.shape(), x.dtype(), generator), high - low), low));
}

Tensor& normal_(Tensor& x, double mean, double std, Generator& generator) {
  check(std >= 0, "normal_: the standard deviation must not be negative, got {}", std);
  if (skip_random) {
    return zeros_(x);
  }
  NoGrad guard;
  return x.copy_(add(mul(randn(x.shape(), x.dtype(), generator), std), mean));
}

Tensor& trunc_normal_(Tensor& x, double mean, double std, double a, double b, Generator& generator) {
  check(std > 0 && a < b, "trunc_normal_: expected std > 0 and a < b, got std {}, a {}, b {}", std, a, b);
  check(mean >= a - 2 * std && mean <= b + 2 * std,
        "trunc_normal_: the mean {} is more than 2 standard deviations of {} away from [{}, {}]", mean, std,
        a, b);
  if (skip_random) {
    return zeros_(x);
  }
  NoGrad guard;
  const auto draw = [&] { return add(mul(randn(x.shape(), x.dtype(), generator), std), mean); };
  Tensor values = draw();
  for (;;) {
    const Tensor inside = eq(clamp(values, a, b), values);
    if (sum(inside).item() == static_cast<double>(x.numel())) {
      return x.copy_(values);
    }
    values = where(inside, values, draw());
  }
}

Fans fans(const Tensor& weight) {
  check(weight.rank() >= 2,
        "init: a weight of shape {} has no fan in and fan out; expected at least 2 dimensions",
        weight.shape());
  int64_t kernel = 1;
  for (int d = 2; d < weight.rank(); ++d) {
    kernel *= weight.shape()[d];
  }
  return {weight.shape()[1] * kernel, weight.shape()[0] * kernel};
}

double gain(std::string_view nonlinearity, double param) {
  if (nonlinearity == "linear" || nonlinearity == "sigmoid") {
    return 1;
  }
  if (nonlinearity == "tanh") {
    return 5.0 / 3;
  }
  if (nonlinearity == "relu") {
    return std::sqrt(2.0);
  }
  check(nonlinearity == "leaky_relu",
        "init: unknown nonlinearity '{}'; expected linear, sigmoid, tanh, relu or leaky_relu", nonlinearity);
  return std::sqrt(2 / (1 + param * param));
}

Tensor& xavier_uniform_(Tensor& x, double gain, Generator& generator) {
  const auto [in, out] = fans(x);
  const double bound = gain * std::sqrt(6.0 / static_cast<double>(in + out));
  return uniform_(x, -bound, bound, generator);
}

Tensor& xavier_normal_(Tensor& x, double gain, Generator& generator) {
  const auto [in, out] = fans(x);
  return normal_(x, 0, gain * std::sqrt(2.0 / static_cast<double>(in + out)), generator);
}

namespace {

double kaiming_std(const Tensor& x, const KaimingOptions& options) {
  const Fans f = fans(x);
  const int64_t fan = options.mode == FanMode::In ? f.in : f.out;
  return gain(options.nonlinearity, options.a) / std::sqrt(static_cast<double>(fan));
}

}  // namespace

Tensor& kaiming_uniform_(Tensor& x, const KaimingOptions& options, Generator& generator) {
  const double bound = std::sqrt(3.0) * kaiming_std(x, options);
  return uniform_(x, -bound, bound, generator);
}

Tensor& kaiming_normal_(Tensor& x, const KaimingOptions& options, Generator& generator) {
  return normal_(x, 0, kaiming_std(x, options), generator);
}

void default_linear_(Tensor& weight, Tensor& bias) {
  // kaiming_uniform_ with a = sqrt(5) is PyTorch's way to write 1 / sqrt(fan in).
  kaiming_uniform_(weight, {.a = std::sqrt(5.0)});
  if (bias.defined()) {
    const double fan_in = static_cast<double>(fans(weight).in);
    const double bound = fan_in > 0 ? 1 / std::sqrt(fan_in) : 0;
    uniform_(bias, -bound, bound);
  }
}

}  // namespace helder::init
