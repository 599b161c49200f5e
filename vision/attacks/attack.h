#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

#include "layers/module.h"

/// Attacks: small changes of an image, chosen by its gradient, that change what a model says of it.
///
/// All of them take images [N, ...] with pixels in [0, 1], float32 or float64, class numbers [N], int64, and
/// any differentiable model from pixels to logits [N, C], and give images of the same shape, in [0, 1] again.
/// How a model normalises its input is part of it (vision/attacks/pixel_model.h), so that an epsilon of 8/255
/// is eight of the steps that an image file knows. The model is in eval mode meanwhile, and its parameters
/// collect no gradients.
namespace helder {

/// A number of images under attack, before the step that is to come.
struct AttackStep {
  int64_t step;                      ///< how many steps they have taken
  const std::vector<int64_t>& rows;  ///< which of the batch they are; finished ones are not among them
  const Tensor& images;              ///< [n, ...], as they are now
  const Tensor& logits;              ///< [n, C], what the model says of them
};
using AttackWatcher = std::function<void(const AttackStep&)>;

/// What an attack wants, and when it has it.
struct AttackGoal {
  /// The class numbers are what the model is to say. Otherwise they are what it is not to say: the right
  /// ones.
  bool targeted = false;
  /// An image is finished, and no longer changed, once the model gives the wanted answer (the target, or any
  /// other class than the right one) with this probability or more; 0: once it answers so. By default all
  /// steps are taken, as in torchattacks.
  double enough = std::numeric_limits<double>::infinity();
  AttackWatcher watch = {};  ///< called before each step
};

/// Any of the attacks with all but its operands chosen, for what tries several.
using Attack = std::function<Tensor(Module& model, const Tensor& images, const Tensor& labels)>;

}  // namespace helder
