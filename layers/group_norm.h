#pragma once

#include "layers/module.h"

namespace helder {

struct GroupNormOptions {
  double eps = 1e-5;
  bool affine = true;  ///< with weight and bias
};

/// Brings each group of neighbouring channels of each picture to mean 0 and variance 1 (Wu and He, 2018):
/// [N, channels, ...]. It does the same while training and in eval(), whatever the size of the batch.
/// Parameters: weight (1), bias (0) [channels].
class GroupNorm : public Module {
 public:
  GroupNorm(int64_t num_groups, int64_t num_channels, const GroupNormOptions& options = {});

  Tensor weight, bias;  ///< undefined unless affine

  Tensor forward(const Tensor& x) override;
  std::string describe() const override;

 private:
  int64_t groups_, channels_;
  GroupNormOptions options_;
};

}  // namespace helder
