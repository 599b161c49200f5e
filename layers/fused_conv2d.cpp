#include "layers/fused_conv2d.h"

#include "autograd/grad_mode.h"
#include "autograd/observer.h"
#include "autograd/ops/add.h"
#include "autograd/ops/leaky_relu.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/relu.h"
#include "autograd/ops/relu6.h"
#include "autograd/ops/reshape.h"
#include "layers/activations.h"

namespace helder {
namespace {

constexpr double kTenth = 0.1;

Tensor activate(const Tensor& x, Activation activation) {
  switch (activation) {
    case Activation::ReLU:
      return relu(x);
    case Activation::ReLU6:
      return relu6(x);
    case Activation::LeakyTenth:
      return leaky_relu(x, kTenth);
    case Activation::None:
      break;
  }
  return x;
}

// What the epilogue does to the sums of a convolution with this bias: norm(sum + bias).
Conv2dEpilogue epilogue_of(const Conv2d& conv, const BatchNorm2d* norm, Activation activation,
                           const Tensor& residual) {
  Conv2dEpilogue e{.shift = conv.bias, .residual = residual};
  if (norm != nullptr) {
    const BatchNorm::Affine affine = norm->affine();
    e.scale = affine.scale;
    e.shift = conv.bias.defined() ? add(affine.shift, mul(conv.bias, affine.scale)) : affine.shift;
  }
  if (activation == Activation::ReLU || activation == Activation::ReLU6) {
    e.low = 0;
  }
  if (activation == Activation::LeakyTenth) {
    e.slope = kTenth;
  }
  if (activation == Activation::ReLU6) {
    e.high = 6;
  }
  return e;
}

bool can_fuse(const Conv2d& conv, const BatchNorm2d* norm) {
  return !grad_enabled() && !current_observer && !conv.has_forward_hooks() &&
         (norm == nullptr || (norm->uses_running_stats() && !norm->has_forward_hooks() &&
                              norm->running_mean.shape() == Shape{conv.weight.size(0)} &&
                              norm->running_mean.dtype() == conv.weight.dtype()));
}

Tensor run(Conv2d& conv, BatchNorm2d* norm, const Tensor& x, Activation activation, const Tensor& residual) {
  // A residual that would be broadcast or converted is `add`'s to handle.
  const bool plain =
      !residual.defined() || (residual.rank() == 4 && residual.dtype() == x.dtype() &&
                              residual.size(0) == x.size(0) && residual.size(1) == conv.weight.size(0));
  if (can_fuse(conv, norm) && plain) {
    return conv.forward_fused(x, epilogue_of(conv, norm, activation, residual));
  }
  Tensor y = conv(x);
  if (norm != nullptr) {
    y = (*norm)(y);
  }
  return activate(residual.defined() ? add(y, residual) : y, activation);
}

}  // namespace

Tensor conv_act(Conv2d& conv, const Tensor& x, Activation activation, const Tensor& residual) {
  return run(conv, nullptr, x, activation, residual);
}

Tensor conv_norm_act(Conv2d& conv, BatchNorm2d& norm, const Tensor& x, Activation activation,
                     const Tensor& residual) {
  return run(conv, &norm, x, activation, residual);
}

std::shared_ptr<Conv2d> fuse_conv_bn_eval(const Conv2d& conv, const BatchNorm2d& norm) {
  check(!conv.is_training() && !norm.is_training(), "fuse_conv_bn_eval: both layers must be in eval()");
  const NoGrad guard;
  const Tensor& w = conv.weight;
  Conv2dLayerOptions options = conv.options();
  options.bias = true;
  const auto fused = make<Conv2d>(w.size(1) * options.groups, w.size(0), Pair{w.size(2), w.size(3)}, options);
  fused->to(w.dtype());
  const Conv2dEpilogue e = epilogue_of(conv, &norm, Activation::None, {});
  fused->load_state_dict({{"weight", mul(w, reshape(e.scale, {w.size(0), 1, 1, 1}))}, {"bias", e.shift}});
  fused->eval();
  return fused;
}

FusedRun fused_run(std::span<const std::shared_ptr<Module>> modules, size_t first) {
  FusedRun found;
  if (grad_enabled() || !(found.conv = dynamic_cast<Conv2d*>(modules[first].get()))) {
    return found;
  }
  const auto next = [&] {
    const size_t i = first + found.modules;
    return i < modules.size() ? modules[i].get() : nullptr;
  };
  found.modules = 1;
  if ((found.norm = dynamic_cast<BatchNorm2d*>(next()))) {
    found.modules = 2;
  }
  if (!can_fuse(*found.conv, found.norm)) {
    return {};
  }
  if (Module* last = next(); last != nullptr && !last->has_forward_hooks()) {
    found.activation = dynamic_cast<ReLU*>(last)    ? Activation::ReLU
                       : dynamic_cast<ReLU6*>(last) ? Activation::ReLU6
                                                    : Activation::None;
    found.modules += found.activation == Activation::None ? 0 : 1;
  }
  return found;
}

Tensor FusedRun::operator()(const Tensor& x) const { return run(*conv, norm, x, activation, {}); }

}  // namespace helder
