#include "training/muon.h"

#include <cmath>

#include "autograd/grad_mode.h"
#include "autograd/ops/add.h"
#include "autograd/ops/matmul.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/sum.h"
#include "kernels/optim/muon.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/on_cpu.h"

namespace helder {
namespace {

double adjustment(MuonAdjust adjust, const Shape& shape) {
  const auto a = static_cast<double>(shape[0]);
  const auto b = static_cast<double>(shape[1]);
  switch (adjust) {
    case MuonAdjust::Original:
      return std::sqrt(std::max(1.0, a / b));
    case MuonAdjust::MatchRmsAdamW:
      return 0.2 * std::sqrt(std::max(a, b));
    case MuonAdjust::SpectralUnclamped:
      return std::sqrt(a / b);
  }
  fail("Muon: unknown adjust_lr_fn {}", static_cast<int>(adjust));
}

}  // namespace

Tensor newton_schulz(const Tensor& g, const std::array<double, 3>& coefficients, int steps, double eps) {
  check(g.rank() == 2, "newton_schulz: expected a matrix, got {}", g.shape().str());
  NoGrad guard;
  const auto [a, b, c] = coefficients;
  const bool tall = g.size(0) > g.size(1);  // the smaller of x x' and x' x
  Tensor x = tall ? g.t() : g;
  x = mul(x, 1 / std::max(std::sqrt(sum(mul(g, g)).item()), eps));
  for (int i = 0; i < steps; ++i) {
    const Tensor gram = matmul(x, x.t());
    const Tensor polynomial = add(mul(gram, b), mul(matmul(gram, gram), c));
    x = add(mul(x, a), matmul(polynomial, x));
  }
  return contiguous_copy(tall ? x.t() : x);
}

Muon::Muon(std::vector<Tensor> parameters, const MuonOptions& options)
    : Muon(one_group(std::move(parameters), options)) {}

Muon::Muon(std::vector<ParameterGroup<MuonOptions>> groups)
    : GroupedOptimizer(std::move(groups)), momentum_(add_buffers("momentum")) {
  for (const Tensor& parameter : parameters()) {
    check(parameter.rank() == 2, "Muon: parameters must be matrices, got one of shape {}",
          parameter.shape().str());
  }
  for (size_t group = 0; group < group_count(); ++group) {
    const MuonOptions& o = options(group);
    check(o.momentum >= 0 && o.weight_decay >= 0 && o.eps >= 0,
          "Muon: momentum, weight_decay and eps must not be negative, got {}, {} and {}", o.momentum,
          o.weight_decay, o.eps);
    check(o.ns_steps >= 0 && o.ns_steps < 100, "Muon: ns_steps must be in [0, 100), got {}", o.ns_steps);
  }
}

void Muon::update(size_t i, const Tensor& parameter, const Tensor& grad) {
  const MuonOptions& o = options_of(i);
  if (!momentum_[i].defined()) {
    momentum_[i] = zeros_like(parameter);
  }
  const int64_t n = parameter.numel();
  const Tensor direction = empty_like(parameter);
  visit_floating(parameter.dtype(), "Muon", [&]<class T>() {
    const double shrink = 1 - o.lr * o.weight_decay;
    const double lr = o.lr * adjustment(o.adjust_lr_fn, parameter.shape());
    if (on_cpu("Muon", parameter, grad, momentum_[i])) {
      kernels::muon_momentum_cpu(n, o.momentum, o.nesterov, grad.data<T>(), momentum_[i].data<T>(),
                                 direction.data<T>());
      const Tensor step = newton_schulz(direction, o.ns_coefficients, o.ns_steps, o.eps);
      kernels::muon_apply_cpu(n, shrink, lr, step.data<T>(), parameter.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::muon_momentum_cuda(n, o.momentum, o.nesterov, grad.cuda_data<T>(), momentum_[i].cuda_data<T>(),
                                  direction.cuda_data<T>());
      const Tensor step = newton_schulz(direction, o.ns_coefficients, o.ns_steps, o.eps);
      kernels::muon_apply_cuda(n, shrink, lr, step.cuda_data<T>(), parameter.cuda_data<T>());
    }
  });
}

}  // namespace helder
