#pragma once

#include <optional>

#include "layers/module.h"

namespace helder {

struct RMSNormOptions {
  std::optional<double> eps = {};  ///< the type's own when absent
  bool elementwise_affine = true;  ///< with weight
};

/// Divides each token by its root mean square (Zhang and Sennrich, 2019): [..., normalized_shape].
/// Parameter: weight (1), of the normalized shape.
class RMSNorm : public Module {
 public:
  explicit RMSNorm(const Shape& normalized_shape, const RMSNormOptions& options = {});
  explicit RMSNorm(int64_t features, const RMSNormOptions& options = {})
      : RMSNorm(Shape{features}, options) {}

  Tensor weight;  ///< undefined unless affine

  Tensor forward(const Tensor& x) override;
  std::string describe() const override;

 private:
  Shape normalized_shape_;
  RMSNormOptions options_;
};

}  // namespace helder
