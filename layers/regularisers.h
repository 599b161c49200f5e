#pragma once

#include "layers/module.h"

// What makes training harder so that the network generalises. In eval() the droppers change nothing.

namespace helder {

/// While training, zeroes whole channels of [N, C, H, W] with probability p and scales the others by 1 / (1 -
/// p) (Tompson et al., 2015).
class Dropout2d : public Module {
 public:
  explicit Dropout2d(double p = 0.5);

  Tensor forward(const Tensor& x) override;
  std::string describe() const override { return fmt::format("Dropout2d({})", p_); }

 private:
  double p_;
};

/// While training, zeroes whole samples of [N, ...] with probability drop_prob, so that they skip a residual
/// block's body (stochastic depth; Huang et al., 2016), and scales the others by 1 / (1 - drop_prob).
class DropPath : public Module {
 public:
  explicit DropPath(double drop_prob = 0, bool scale_by_keep = true);

  Tensor forward(const Tensor& x) override;
  std::string describe() const override;

 private:
  double drop_prob_;
  bool scale_by_keep_;
};

/// y = x gamma, a factor for each feature of [..., features], small at first: a residual block then starts
/// close to the identity (Touvron et al., "Going deeper with image transformers", 2021, section 2.1).
/// Parameter: gamma (init_values) [features].
class LayerScale : public Module {
 public:
  explicit LayerScale(int64_t features, double init_values = 1e-5);

  Tensor gamma;

  Tensor forward(const Tensor& x) override;
  std::string describe() const override;

 protected:
  double init_values_;
};

/// The same for the channels of images, [N, features, H, W], as in ConvNeXt.
class LayerScale2d : public LayerScale {
 public:
  using LayerScale::LayerScale;

  Tensor forward(const Tensor& x) override;
  std::string describe() const override;
};

}  // namespace helder
