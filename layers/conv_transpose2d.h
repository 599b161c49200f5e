#pragma once

#include "autograd/ops/pair.h"
#include "layers/module.h"

namespace helder {

struct ConvTranspose2dLayerOptions {
  Pair stride = 1;
  Pair padding = 0;
  Pair output_padding = 0;
  int64_t groups = 1;
  bool bias = true;
  Pair dilation = 1;
};

/// A transposed 2-D convolution: [N, in_channels, H, W] -> [N, out_channels, H', W'].
/// Parameters: weight [in_channels, out_channels / groups, kernel h, kernel w], bias [out_channels].
class ConvTranspose2d : public Module {
 public:
  ConvTranspose2d(int64_t in_channels, int64_t out_channels, Pair kernel_size,
                  const ConvTranspose2dLayerOptions& options = {});

  Tensor weight;
  Tensor bias;  ///< undefined without bias

  Tensor forward(const Tensor& x) override;
  std::string describe() const override;

  const ConvTranspose2dLayerOptions& options() const { return options_; }

 private:
  ConvTranspose2dLayerOptions options_;
};

}  // namespace helder
