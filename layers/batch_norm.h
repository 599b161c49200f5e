#pragma once

#include <optional>

#include "layers/module.h"

namespace helder {

struct BatchNormOptions {
  double eps = 1e-5;
  std::optional<double> momentum =
      0.1;                          ///< of the running statistics; none: their plain mean over all batches
  bool affine = true;               ///< with weight and bias
  bool track_running_stats = true;  ///< with running mean and variance, for eval()
};

/// Batch normalisation over dimension 1 (Ioffe and Szegedy, 2015). While training it normalises with the
/// batch's statistics and moves the running ones towards them; in eval() it uses the running ones.
/// Parameters: weight, bias [features]. Buffers: running_mean, running_var [features], num_batches_tracked
/// [].
class BatchNorm : public Module {
 public:
  Tensor weight, bias;
  Tensor running_mean, running_var, num_batches_tracked;

  Tensor forward(const Tensor& x) override;
  std::string describe() const override;

  /// What eval() does to a channel, as one multiplication and one addition: y = scale x + shift with
  /// scale = weight / sqrt(running_var + eps) and shift = bias - running_mean scale, both [features].
  struct Affine {
    Tensor scale, shift;
  };
  Affine affine() const;
  /// Whether forward() normalises with the running statistics.
  bool uses_running_stats() const { return !is_training() && options_.track_running_stats; }

  /// Mean 0, variance 1, no batches seen.
  void reset_running_stats();
  std::optional<double> momentum() const { return options_.momentum; }
  void set_momentum(std::optional<double> momentum) { options_.momentum = momentum; }

 protected:
  BatchNorm(const char* name, int64_t features, const BatchNormOptions& options);
  virtual void check_input(const Tensor& x) const = 0;

  const char* name_;
  int64_t features_;
  BatchNormOptions options_;
};

/// [N, C] or [N, C, L].
class BatchNorm1d : public BatchNorm {
 public:
  explicit BatchNorm1d(int64_t features, const BatchNormOptions& options = {})
      : BatchNorm("BatchNorm1d", features, options) {}

 private:
  void check_input(const Tensor& x) const override;
};

/// [N, C, H, W].
class BatchNorm2d : public BatchNorm {
 public:
  explicit BatchNorm2d(int64_t features, const BatchNormOptions& options = {})
      : BatchNorm("BatchNorm2d", features, options) {}

 private:
  void check_input(const Tensor& x) const override;
};

}  // namespace helder
