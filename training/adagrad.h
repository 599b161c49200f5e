#pragma once

#include "training/optimizer.h"

namespace helder {

struct AdagradOptions {
  double lr = 1e-2;
  double lr_decay = 0;
  double weight_decay = 0;  ///< added to the gradient
  double initial_accumulator_value = 0;
  double eps = 1e-10;
  bool maximize = false;  ///< climb instead
};

/// Adagrad (Duchi et al., 2011): each coordinate's learning rate falls with all that its gradients were.
///
///   g = grad + weight_decay * p
///   s = s + g^2                          (from initial_accumulator_value)
///   p = p - lr / (1 + (t - 1) lr_decay) g / (sqrt(s) + eps)
///
/// It has no momentum for one-cycle schedules to turn.
class Adagrad : public GroupedOptimizer<AdagradOptions> {
 public:
  explicit Adagrad(std::vector<Tensor> parameters, const AdagradOptions& options = {});
  explicit Adagrad(std::vector<ParameterGroup<AdagradOptions>> groups);

  const char* name() const override { return "Adagrad"; }

 private:
  void update(size_t i, const Tensor& parameter, const Tensor& grad) override;

  std::vector<Tensor>& square_;
};

}  // namespace helder
