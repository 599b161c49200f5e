#pragma once

#include "layers/module.h"

namespace helder {

/// Batch norm that is done learning: statistics, weight and bias are constants, while training as well
/// (torchvision's and DETR's FrozenBatchNorm2d, for backbones that are fine-tuned with few pictures a batch).
///
///   y = (x - running_mean) / sqrt(running_var + eps) * weight + bias      [N, features, H, W]
///
/// Only x receives a gradient. Buffers: weight (1), bias (0), running_mean (0), running_var (1), all
/// [features]. A BatchNorm2d's state_dict has num_batches_tracked besides: load it with strict = false.
class FrozenBatchNorm2d : public Module {
 public:
  explicit FrozenBatchNorm2d(int64_t features, double eps = 1e-5);

  Tensor weight, bias, running_mean, running_var;

  Tensor forward(const Tensor& x) override;
  std::string describe() const override;

 private:
  double eps_;
};

}  // namespace helder
