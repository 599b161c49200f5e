#pragma once

#include <vector>

#include "tensor/tensor.h"

/// What an attack did, as pictures. An image is [3,H,W], uint8.
namespace helder {

/// The image file nearest to `changed`, float [3,H,W] in [0, 1], in which no pixel is further than epsilon
/// from `original`. `enlarged` stretches the change first: some attacks change a pixel by less than the half
/// step that rounding takes away.
Tensor round_to_pixels(const Tensor& changed, const Tensor& original, double epsilon, double enlarged = 1);

/// Grey where nothing changed, and `times` as much as changed elsewhere.
Tensor magnified_difference(const Tensor& changed, const Tensor& original, double times);

/// By how much a difference is to be magnified so that the largest becomes black or white; 1 for none.
double magnification(const Tensor& changed, const Tensor& original);

/// One picture of an attack under way, and how likely the model found the class that it is to come to.
struct Frame {
  Tensor image;
  double probability = 0;
};

/// At most `most` of the frames, the last one included, each shrunk to `side` pixels: above the image, below
/// it the magnified difference, and between them a bar as long as the probability.
std::vector<Tensor> draw_columns(const std::vector<Frame>& frames, const Tensor& original, size_t most,
                                 int64_t side);

/// Columns side by side.
Tensor draw_strip(const std::vector<Tensor>& columns);

}  // namespace helder
