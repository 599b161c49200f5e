#pragma once

#include "layers/module.h"

namespace helder {

struct LinearOptions {
  bool bias = true;
};

/// y = x W^T + b on the last dimension: [..., in_features] -> [..., out_features].
/// Parameters: weight [out_features, in_features], bias [out_features].
class Linear : public Module {
 public:
  Linear(int64_t in_features, int64_t out_features, LinearOptions options = {});

  Tensor weight;
  Tensor bias;  ///< undefined without bias

  Tensor forward(const Tensor& x) override;
  std::string describe() const override;
};

}  // namespace helder
