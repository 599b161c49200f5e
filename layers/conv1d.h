#pragma once

#include "layers/module.h"

namespace helder {

struct Conv1dLayerOptions {
  int64_t stride = 1;
  int64_t padding = 0;
  int64_t dilation = 1;
  int64_t groups = 1;
  bool bias = true;
};

/// A 1-D convolution: [N, in_channels, L] -> [N, out_channels, L'].
/// Parameters: weight [out_channels, in_channels / groups, kernel], bias [out_channels].
class Conv1d : public Module {
 public:
  Conv1d(int64_t in_channels, int64_t out_channels, int64_t kernel_size,
         const Conv1dLayerOptions& options = {});

  Tensor weight;
  Tensor bias;  ///< undefined without bias

  Tensor forward(const Tensor& x) override;
  std::string describe() const override;

 private:
  Conv1dLayerOptions options_;
};

}  // namespace helder
