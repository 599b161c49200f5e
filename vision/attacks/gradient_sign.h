#pragma once

#include "vision/attacks/attack.h"

/// Attacks that move each pixel by the same amount, up or down as the gradient's sign says: among all changes
/// of at most epsilon a pixel, that raises a linear function the most.
///
///   x' = clip(x + alpha sign(dL/dx)),   L the cross entropy (of the target: with the other sign)
///
/// where clip leaves no pixel further than epsilon from where it was, nor outside [0, 1].
namespace helder {

struct FgsmOptions {
  double epsilon = 8.0 / 255;
  bool targeted = false;
};

/// One step of epsilon (Goodfellow et al., "Explaining and harnessing adversarial examples", 2015).
Tensor fgsm(Module& model, const Tensor& images, const Tensor& labels, const FgsmOptions& options = {});

struct BimOptions {
  double epsilon = 8.0 / 255;
  double alpha = 2.0 / 255;  ///< how far a step goes
  int64_t steps = 10;
  AttackGoal goal = {};
};

/// Several small steps: the basic iterative method, or I-FGSM (Kurakin et al., "Adversarial examples in the
/// physical world", 2017).
Tensor bim(Module& model, const Tensor& images, const Tensor& labels, const BimOptions& options = {});

struct MiFgsmOptions {
  double epsilon = 8.0 / 255;
  double alpha = 2.0 / 255;
  int64_t steps = 10;
  double decay = 1;  ///< how much of the direction so far is kept
  AttackGoal goal = {};
};

/// BIM along g' = decay g + dL/dx / mean |dL/dx|: what steps agree about counts more, which other models are
/// fooled by as well (Dong et al., "Boosting adversarial attacks with momentum", 2018).
Tensor mi_fgsm(Module& model, const Tensor& images, const Tensor& labels, const MiFgsmOptions& options = {});

}  // namespace helder
