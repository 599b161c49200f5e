#pragma once

#include "vision/attacks/attack.h"

namespace helder {

struct DeepFoolOptions {
  int64_t steps = 50;       ///< at most
  double overshoot = 0.02;  ///< how much further than the boundary
  /// How many classes are looked at, the right one and the likeliest others at the beginning: a step takes a
  /// backward for each. 10 as in the authors' program; 0: all, as in torchattacks.
  int64_t classes = 10;
  AttackWatcher watch = {};
};

/// The nearest image, in the L2 norm, that the model says something else of, as if it were linear (Moosavi-
/// Dezfooli et al., "DeepFool", 2016). The boundary between the label and class k is then the distance
///
///   |f_k| / |w_k|,   f_k = logit_k - logit_label,   w_k = df_k/dx
///
/// away, and each step goes to the nearest one, (1 + overshoot) |f_k| w_k / |w_k|^2, until the answer is not
/// the label. Untargeted; there is no epsilon.
Tensor deepfool(Module& model, const Tensor& images, const Tensor& labels,
                const DeepFoolOptions& options = {});

}  // namespace helder
