#pragma once

#include "vision/attacks/attack.h"

namespace helder {

struct CarliniWagnerOptions {
  double c = 1;      ///< how much being fooled counts against being near
  double kappa = 0;  ///< by how much the wanted logit is to be the largest
  int64_t steps = 50;
  double lr = 0.01;          ///< of Adam
  int64_t search_steps = 1;  ///< so often, with the c of each image found by bisection; the authors take 9
  bool targeted = false;
  AttackWatcher watch = {};  ///< called before each step, with steps counted on through the search
};

/// The smallest change in the L2 norm that fools a model, by optimisation (Carlini and Wagner, "Towards
/// evaluating the robustness of neural networks", 2017): Adam on w, where an image is (tanh(w) + 1) / 2 and
/// so always in [0, 1], minimises
///
///   |x' - x|^2 + c max(logit_label - max of the others, -kappa)        (targeted: max of the others - logit)
///
/// Returns the nearest image that fooled the model at some step, and the original where none did. There is no
/// epsilon. As torchattacks, but that a whole batch is never given up because its sum got worse, and that
/// pixels of 0 and 1 can move as well: w is the inverse of 0.999999 (2 x - 1), as in the authors' program.
Tensor carlini_wagner(Module& model, const Tensor& images, const Tensor& labels,
                      const CarliniWagnerOptions& options = {});

}  // namespace helder
