#pragma once

#include "training/optimizer.h"

namespace helder {

struct RMSpropOptions {
  double lr = 1e-2;
  double alpha = 0.99;  ///< of the running mean of squares
  double eps = 1e-8;
  double weight_decay = 0;  ///< added to the gradient
  double momentum = 0;
  bool centered = false;  ///< divide by the deviation instead of the root mean square
  bool maximize = false;  ///< climb instead
};

/// RMSprop (Hinton, "Neural networks for machine learning", lecture 6e, 2012): each coordinate divided by a
/// running mean of its gradient's size.
///
///   g = grad + weight_decay * p
///   s = alpha s + (1 - alpha) g^2
///   d = g / (sqrt(s) + eps)              (centered, Graves 2013: sqrt(s - a^2), a the running mean of g)
///   p = p - lr d                         (momentum: b = momentum b + d,  p = p - lr b)
class RMSprop : public GroupedOptimizer<RMSpropOptions> {
 public:
  explicit RMSprop(std::vector<Tensor> parameters, const RMSpropOptions& options = {});
  explicit RMSprop(std::vector<ParameterGroup<RMSpropOptions>> groups);

  const char* name() const override { return "RMSprop"; }

 private:
  void update(size_t i, const Tensor& parameter, const Tensor& grad) override;

  std::vector<Tensor>& square_;
  std::vector<Tensor>& mean_;
  std::vector<Tensor>& velocity_;
};

}  // namespace helder
