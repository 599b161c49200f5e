#pragma once

#include <vector>

#include "vision/attacks/attack.h"

/// How well attacks work, and how much they change. All in eval mode, and in batches, so that a test set
/// fits.
namespace helder {

/// What the model says of each image, int64 [N].
Tensor predictions(Module& model, const Tensor& images, int64_t batch_size = 100);

/// The images after the attack, batch by batch.
Tensor attacked(Module& model, const Tensor& images, const Tensor& labels, const Attack& attack,
                int64_t batch_size = 100);

/// The share of images that the model is still right about after the attack, which may do what it likes with
/// images that the model is wrong about anyway.
double robust_accuracy(Module& model, const Tensor& images, const Tensor& labels, const Attack& attack,
                       int64_t batch_size = 100);

/// [M, M], float64: row = the model whose gradient made the images, column = the model that looks at them;
/// the share that it is right about. How far images travel.
Tensor transfer_matrix(const std::vector<Module*>& models, const Tensor& images, const Tensor& labels,
                       const Attack& attack, int64_t batch_size = 100);

/// How often a picture of one class was made to be another.
struct SuccessMatrix {
  Tensor successes, attempts;  ///< [C, C], int64: row = the class, column = the target; no attempt on itself

  double rate(int64_t row, int64_t column) const;  ///< NaN without an attempt
  double mean_rate() const;                        ///< of all attempts
};

/// Attacks each image that the model is right about with each other class as target. `targeted` is called
/// with the targets as labels.
SuccessMatrix success_matrix(Module& model, const Tensor& images, const Tensor& labels, int64_t classes,
                             const Attack& targeted, int64_t batch_size = 100);

/// How much each image was changed, [N] each, in the images' type.
struct PerturbationNorms {
  Tensor l0;    ///< how many numbers (pixels times channels) differ
  Tensor l2;    ///< the root of the sum of squares
  Tensor linf;  ///< the largest
  Tensor ssim;  ///< see below
};
PerturbationNorms perturbation_norms(const Tensor& images, const Tensor& changed);

/// The structural similarity of images [N, C, H, W] in [0, 1], [N]: 1 for equal ones (Wang et al., "Image
/// quality assessment: from error visibility to structural similarity", 2004). Mean over channels and over
/// all places of a Gaussian window of 11 by 11 pixels, deviation 1.5, that fit into the image; a smaller
/// image has a smaller window.
Tensor ssim(const Tensor& a, const Tensor& b);

}  // namespace helder
