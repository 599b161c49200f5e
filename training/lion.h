#pragma once

#include "training/optimizer.h"

namespace helder {

struct LionOptions {
  double lr = 1e-4;         ///< about a tenth of Adam's: every coordinate moves by all of it
  double beta1 = 0.9;       ///< of the step's direction
  double beta2 = 0.99;      ///< of the memory
  double weight_decay = 0;  ///< shrinks the weights directly; about ten times AdamW's
};

/// Lion (Chen et al., "Symbolic discovery of optimization algorithms", 2023, algorithm 2): every coordinate
/// moves by lr, and only the sign is learnt. It keeps one buffer where Adam keeps two.
///
///   p = p - lr (sign(beta1 m + (1 - beta1) grad) + weight_decay p)
///   m = beta2 m + (1 - beta2) grad
class Lion : public GroupedOptimizer<LionOptions> {
 public:
  explicit Lion(std::vector<Tensor> parameters, const LionOptions& options = {});
  explicit Lion(std::vector<ParameterGroup<LionOptions>> groups);

  const char* name() const override { return "Lion"; }

 private:
  void update(size_t i, const Tensor& parameter, const Tensor& grad) override;

  std::vector<Tensor>& momentum_;
};

}  // namespace helder
