#pragma once

#include "training/optimizer.h"

namespace helder {

struct SGDOptions {
  double lr = 1e-3;
  double momentum = 0;
  double dampening = 0;
  double weight_decay = 0;  ///< added to the gradient: L2 regularisation
  bool nesterov = false;
  bool maximize = false;  ///< climb instead
};

/// Stochastic gradient descent, with PyTorch's form of momentum (Sutskever et al., 2013) and its defaults:
///
///   g = grad + weight_decay * p
///   v = momentum * v + (1 - dampening) * g        (v = g at the first step)
///   p = p - lr * v                                (Nesterov: p - lr * (g + momentum * v))
class SGD : public GroupedOptimizer<SGDOptions> {
 public:
  explicit SGD(std::vector<Tensor> parameters, const SGDOptions& options = {});
  explicit SGD(std::vector<ParameterGroup<SGDOptions>> groups);

  const char* name() const override { return "SGD"; }

 private:
  void update(size_t i, const Tensor& parameter, const Tensor& grad) override;
  void update_together(std::span<const Update> updates, const Tensor& factors) override;
  int64_t factor_count() const override;
  void store_factors(size_t i, const Tensor& factors) override;

  std::vector<Tensor>& velocity_;
};

}  // namespace helder
