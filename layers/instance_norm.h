#pragma once

#include "layers/module.h"

namespace helder {

struct InstanceNormOptions {
  double eps = 1e-5;
  double momentum = 0.1;
  bool affine = false;               ///< with weight and bias
  bool track_running_stats = false;  ///< with running mean and variance, for eval()
};

/// Brings each channel of each picture to mean 0 and variance 1 (Ulyanov, Vedaldi and Lempitsky, 2016):
/// [N, C, H, W] or [C, H, W]. With running statistics, eval() uses those instead.
/// Parameters, if affine: weight (1), bias (0) [features]. Buffers, if tracking: running_mean, running_var
/// [features], num_batches_tracked [], which PyTorch has as well and does not count either.
class InstanceNorm2d : public Module {
 public:
  explicit InstanceNorm2d(int64_t features, const InstanceNormOptions& options = {});

  Tensor weight, bias;
  Tensor running_mean, running_var, num_batches_tracked;

  Tensor forward(const Tensor& x) override;
  std::string describe() const override;

 private:
  int64_t features_;
  InstanceNormOptions options_;
};

}  // namespace helder
