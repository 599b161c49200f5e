#pragma once

#include "autograd/ops/conv2d.h"
#include "layers/module.h"

namespace helder {

struct Conv2dLayerOptions {
  Pair stride = 1;
  Pair padding = 0;
  Pair dilation = 1;
  int64_t groups = 1;
  bool bias = true;
};

/// A 2-D convolution: [N, in_channels, H, W] -> [N, out_channels, H', W'].
/// Parameters: weight [out_channels, in_channels / groups, kernel h, kernel w], bias [out_channels].
class Conv2d : public Module {
 public:
  Conv2d(int64_t in_channels, int64_t out_channels, Pair kernel_size, const Conv2dLayerOptions& options = {});

  Tensor weight;
  Tensor bias;  ///< undefined without bias

  Tensor forward(const Tensor& x) override;
  /// The layer with an epilogue that is given its sums before the bias; see layers/fused_conv2d.h.
  Tensor forward_fused(const Tensor& x, const Conv2dEpilogue& epilogue) const;
  std::string describe() const override;

  const Conv2dLayerOptions& options() const { return options_; }

 private:
  Conv2dLayerOptions options_;
};

}  // namespace helder
