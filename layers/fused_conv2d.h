#pragma once

#include <memory>
#include <span>

#include "layers/batch_norm.h"
#include "layers/conv2d.h"

/// Convolutions that take what follows them into their own pass.
///
///   activation(norm(conv(x)) + residual)
///
/// While nothing is recorded (NoGrad) and the norm is in eval(), batch norm is a multiplication and an
/// addition a channel, and all of this happens to a sum before it leaves its register
/// (kernels/epilogue.h). Nothing is prepared or remembered: weights and statistics may change between calls.
/// While training, and where a forward hook or an observer wants to see what lies between, the layers run one
/// by one.
namespace helder {

enum class Activation { None, ReLU, ReLU6, LeakyTenth };  ///< LeakyTenth: darknet's leaky ReLU, of slope 0.1

/// `residual` may be undefined.
Tensor conv_act(Conv2d& conv, const Tensor& x, Activation activation, const Tensor& residual = {});
Tensor conv_norm_act(Conv2d& conv, BatchNorm2d& norm, const Tensor& x, Activation activation,
                     const Tensor& residual = {});

/// A new convolution that computes what `norm` in eval() makes of `conv`: the scale in its weight, the shift
/// in its bias (torch.nn.utils.fusion.fuse_conv_bn_eval). For weights that go elsewhere; here conv_norm_act
/// is as fast.
std::shared_ptr<Conv2d> fuse_conv_bn_eval(const Conv2d& conv, const BatchNorm2d& norm);

/// A convolution in a list of modules, and how many modules from it on (batch norm, activation) are one
/// pass.
struct FusedRun {
  Conv2d* conv = nullptr;
  BatchNorm2d* norm = nullptr;
  Activation activation = Activation::None;
  size_t modules = 0;  ///< 0 or 1: there is nothing to fuse

  Tensor operator()(const Tensor& x) const;
};
FusedRun fused_run(std::span<const std::shared_ptr<Module>> modules, size_t first);

}  // namespace helder
