#pragma once

#include "layers/module.h"

namespace helder {

struct LayerNormOptions {
  double eps = 1e-5;
  bool elementwise_affine = true;  ///< with weight
  bool bias = true;                ///< and, where there is a weight, with bias
};

/// Brings each token to mean 0 and variance 1 by itself (Ba, Kiros and Hinton, 2016): [...,
/// normalized_shape]. It does the same while training and in eval(), and does not know how large the batch
/// is. Parameters: weight (1), bias (0), both of the normalized shape.
class LayerNorm : public Module {
 public:
  explicit LayerNorm(const Shape& normalized_shape, const LayerNormOptions& options = {});
  explicit LayerNorm(int64_t features, const LayerNormOptions& options = {})
      : LayerNorm(Shape{features}, options) {}

  Tensor weight;  ///< undefined unless affine
  Tensor bias;    ///< undefined without bias

  Tensor forward(const Tensor& x) override;
  std::string describe() const override;

  double eps() const { return options_.eps; }

 private:
  Shape normalized_shape_;
  LayerNormOptions options_;
};

}  // namespace helder
