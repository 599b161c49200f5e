#pragma once

#include "training/optimizer.h"

namespace helder {

struct SGDOptions {
  double lr = 1e-3;
  double momentum = 0;
  double dampening = 0;
  double weight_decay = 0;  ///< added to the gradient: L2 regularisation
  bool nesterov = false;
};

/// Stochastic gradient descent, with PyTorch's form of momentum (Sutskever et al., 2013) and its defaults:
///
///   g = grad + weight_decay * p
///   v = momentum * v + (1 - dampening) * g        (v = g at the first step)
///   p = p - lr * v                                (Nesterov: p - lr * (g + momentum * v))
class SGD : public Optimizer {
 public:
  SGD(std::vector<Tensor> parameters, const SGDOptions& options = {});

  const char* name() const override { return "SGD"; }
  double momentum() const override { return options_.momentum; }
  void set_momentum(double momentum) override { options_.momentum = momentum; }

 private:
  void update(size_t i, const Tensor& parameter, const Tensor& grad) override;

  SGDOptions options_;
  std::vector<Tensor>& velocity_;
};

}  // namespace helder
