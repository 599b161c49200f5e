#pragma once

#include <memory>

#include "layers/module.h"
#include "tensor/random.h"

/// Two ways to make a model harder to attack that need no training. Each wraps a model from pixels in [0, 1]
/// to logits, and is one itself.
namespace helder {

struct RandomSmoothingOptions {
  double sigma = 0.25;   ///< the noise's standard deviation
  int64_t samples = 16;  ///< noisy copies of each image
  uint64_t seed = 1;
};

/// What a model says on average of an image under Gaussian noise: log of the mean over `samples` of
/// softmax(net(x + sigma n)). A small change of the image hardly changes that mean (Cohen et al., "Certified
/// adversarial robustness via randomized smoothing", 2019; they count votes, which have no gradient). Each
/// call draws noise of its own; the same seed gives the same noise from the first call on.
class RandomSmoothing : public Module {
 public:
  explicit RandomSmoothing(std::shared_ptr<Module> net, const RandomSmoothingOptions& options = {});

  Tensor forward(const Tensor& x) override;
  std::string describe() const override;

 private:
  std::shared_ptr<Module> net_;
  RandomSmoothingOptions options_;
  Generator generator_;
};

struct InputQuantisationOptions {
  int64_t levels = 8;  ///< values that a pixel may have, 0 and 1 included
  /// Backward passes as if nothing was rounded. Without, the gradient is 0 and attacks by gradient find
  /// nothing: not because the model is robust, but because it is masked (Athalye et al., "Obfuscated
  /// gradients give a false sense of security", 2018).
  bool straight_through = false;
};

/// Pixels rounded to a few levels before the model sees them (Xu et al., "Feature squeezing", 2018): small
/// changes round away, others are enlarged.
class InputQuantisation : public Module {
 public:
  explicit InputQuantisation(std::shared_ptr<Module> net, const InputQuantisationOptions& options = {});

  Tensor forward(const Tensor& x) override;
  std::string describe() const override;

 private:
  std::shared_ptr<Module> net_;
  InputQuantisationOptions options_;
};

}  // namespace helder
