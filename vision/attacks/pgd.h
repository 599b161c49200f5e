#pragma once

#include "vision/attacks/attack.h"

namespace helder {

struct PgdOptions {
  double epsilon = 8.0 / 255;  ///< the radius of the ball around an image
  double alpha = 2.0 / 255;    ///< how far a step goes
  int64_t steps = 10;
  bool random_start = true;  ///< somewhere in the ball; else at the image
  /// So many times from the start, as long as an image is not yet what the goal asks for. Of several tries
  /// one that is counts, else the one with the largest loss (targeted: the smallest).
  int64_t restarts = 1;
  uint64_t seed = 1;  ///< of the random starts
  Tensor start = {};  ///< where to begin instead, like images
  AttackGoal goal = {};
};

/// Projected gradient descent (Madry et al., "Towards deep learning models resistant to adversarial attacks",
/// 2018) in the ball of the L-infinity norm, |x' - x| <= epsilon for each pixel:
///
///   x' = project(x + alpha sign(dL/dx))
Tensor pgd(Module& model, const Tensor& images, const Tensor& labels, const PgdOptions& options = {});

/// The same in the ball of the L2 norm, of all of an image's pixels together: steps of length alpha along the
/// gradient, x' = project(x + alpha g / |g|). Random starts have a random direction and a length uniform in
/// [0, epsilon). Epsilon may be larger than 1.
Tensor pgd_l2(Module& model, const Tensor& images, const Tensor& labels,
              const PgdOptions& options = {.epsilon = 1, .alpha = 0.2});

}  // namespace helder
