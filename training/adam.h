#pragma once

#include "training/optimizer.h"

namespace helder {

struct AdamOptions {
  double lr = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double eps = 1e-8;
  double weight_decay = 0;
  bool amsgrad = false;   ///< divide by the largest v so far (Reddi et al., 2018)
  bool maximize = false;  ///< climb instead
};

/// Adam (Kingma and Ba, 2015): steps of about lr in each coordinate, whatever the scale of its gradient.
///
///   g = grad + weight_decay * p
///   m = beta1 m + (1 - beta1) g,   v = beta2 v + (1 - beta2) g^2
///   p = p - lr * m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + eps)
class Adam : public GroupedOptimizer<AdamOptions> {
 public:
  explicit Adam(std::vector<Tensor> parameters, const AdamOptions& options = {});
  explicit Adam(std::vector<ParameterGroup<AdamOptions>> groups);

  const char* name() const override { return decoupled_ ? "AdamW" : "Adam"; }

 protected:
  Adam(std::vector<ParameterGroup<AdamOptions>> groups, bool decoupled);

 private:
  void prepare(size_t i, const Tensor& parameter);
  void update(size_t i, const Tensor& parameter, const Tensor& grad) override;
  void update_together(std::span<const Update> updates, const Tensor& factors) override;
  int64_t factor_count() const override;
  void store_factors(size_t i, const Tensor& factors) override;

  bool decoupled_;
  std::vector<Tensor>& mean_;
  std::vector<Tensor>& square_;
  std::vector<Tensor>& max_square_;  // amsgrad
};

struct AdamWOptions {
  double lr = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double eps = 1e-8;
  double weight_decay = 1e-2;
  bool amsgrad = false;   ///< divide by the largest v so far (Reddi et al., 2018)
  bool maximize = false;  ///< climb instead
};

/// Adam whose weight decay acts on the weights, p = p - lr * weight_decay * p, not through the gradient
/// (Loshchilov and Hutter, "Decoupled weight decay regularization", 2019).
class AdamW : public Adam {
 public:
  explicit AdamW(std::vector<Tensor> parameters, const AdamWOptions& options = {});
  explicit AdamW(const std::vector<ParameterGroup<AdamWOptions>>& groups);
};

}  // namespace helder
