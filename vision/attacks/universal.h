#pragma once

#include "vision/attacks/attack.h"

namespace helder {

struct UniversalOptions {
  double epsilon = 10.0 / 255;
  double alpha = 1.0 / 255;  ///< how far a step goes
  int64_t epochs = 5;        ///< passes over the images
  int64_t batch_size = 64;
  bool targeted = false;
  uint64_t seed = 1;  ///< of the order of images
};

/// One change for all images, [1, ...], of at most epsilon a pixel, such that the model is wrong about most
/// of clamp(images + change, 0, 1), other images included. That there is one was found by Moosavi-Dezfooli et
/// al.
/// ("Universal adversarial perturbations", 2017); it is looked for as by Shafahi et al. ("Universal
/// adversarial training", 2020): steps of the gradient's sign, batch by batch, each image's loss counted up
/// to 9, so that images that are fooled already do not outweigh the others.
Tensor universal_perturbation(Module& model, const Tensor& images, const Tensor& labels,
                              const UniversalOptions& options = {});

}  // namespace helder
