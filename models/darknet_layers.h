#pragma once

#include <memory>
#include <optional>
#include <span>

#include "layers/batch_norm.h"
#include "layers/conv2d.h"
#include "layers/linear.h"
#include "layers/module.h"
#include "models/darknet_plan.h"

namespace helder {

Tensor apply(DarknetActivation activation, const Tensor& x);

/// One layer of a Darknet: [N,C,H,W] of each layer that it reads -> [N,C',H',W'], as its plan says.
class DarknetLayer : public Module {
 public:
  Tensor operator()(std::span<const Tensor> inputs) {
    return call(inputs, [&] { return compute(inputs); });
  }
  Tensor forward(const Tensor& x) override { return compute({&x, 1}); }
  virtual Tensor compute(std::span<const Tensor> inputs) = 0;
};

/// Parameters: conv.weight, and conv.bias or those of norm.
class DarknetConvolution : public DarknetLayer {
 public:
  DarknetConvolution(const DarknetConvolutional& options, int64_t in_channels);

  const DarknetConvolutional options;
  Conv2d conv;
  std::optional<BatchNorm2d> norm;

  Tensor compute(std::span<const Tensor> inputs) override {
    return compute(inputs[0], {}, options.activation);
  }
  /// activation(norm(conv(x)) + residual), in one pass where nothing is recorded.
  Tensor compute(const Tensor& x, const Tensor& residual, DarknetActivation activation);
  std::string describe() const override;
};

/// Parameters: linear.weight, and linear.bias or those of norm.
class DarknetConnectedLayer : public DarknetLayer {
 public:
  DarknetConnectedLayer(const DarknetConnected& options, int64_t inputs);

  const DarknetConnected options;
  Linear linear;
  std::optional<BatchNorm1d> norm;

  Tensor compute(std::span<const Tensor> inputs) override;
  std::string describe() const override { return "Connected"; }
};

/// The module of a layer.
std::shared_ptr<DarknetLayer> make_darknet_layer(const DarknetLayerOptions& options,
                                                 const DarknetLayerPlan& plan);

/// What the numbers of a head mean, applied to x [N, anchors (5 + classes), H, W]: sigmoids of the places,
/// of whether there is a box, and of the classes (a softmax over them); the sizes stay logarithms.
Tensor activate_head(const Tensor& x, const DarknetYolo& head);
Tensor activate_head(const Tensor& x, const DarknetRegion& head);

}  // namespace helder
