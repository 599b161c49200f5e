#pragma once

#include <array>
#include <cstdint>

#include "models/preprocessing.h"
#include "tensor/random.h"
#include "tensor/tensor.h"

/// What is done to images, [C,H,W] of uint8, before a network sees them; torchvision's names and rounding.
/// Parts of an image that are only cut out share its memory.
namespace helder {

/// A rectangle of an image. Throws unless it lies inside.
Tensor crop(const Tensor& image, int64_t top, int64_t left, int64_t height, int64_t width);

/// The middle; where an image is smaller it is padded with black first.
Tensor center_crop(const Tensor& image, int64_t height, int64_t width);

/// Rows and columns of one colour around an image.
struct Margins {
  int64_t left = 0, top = 0, right = 0, bottom = 0;
};
Tensor add_margins(const Tensor& image, const Margins& margins, uint8_t fill = 0);

/// Resizes such that the shorter side has `size` pixels and the longer one size * long / short of them,
/// rounded down (torchvision's `Resize(size)`).
Tensor resize_shorter_side(const Tensor& image, int64_t size, Resample resample = Resample::Bilinear);

Tensor horizontal_flip(const Tensor& image);

/// Values from 0 to 1, float32 (torchvision's `ToTensor`).
Tensor to_float(const Tensor& image);

/// (x / 255 - mean) / std of each channel of [3,H,W] or [N,3,H,W], uint8; float32.
Tensor normalize_pixels(const Tensor& images, const std::array<float, 3>& mean,
                        const std::array<float, 3>& std);

/// An image as a classifier wants it, [3,crop,crop], float32: the shorter side resized, the middle cut out,
/// normalised.
Tensor preprocess(const Tensor& image, const Preprocessing& preprocessing);

/// ---- augmentations: what is drawn comes from `generator`, so the same seed makes the same images

/// Mirrored with probability p.
Tensor random_horizontal_flip(const Tensor& image, Generator& generator, double p = 0.5);

/// `size` x `size` pixels from anywhere in the image, after `padding` black pixels are put around it.
Tensor random_crop(const Tensor& image, int64_t size, int64_t padding, Generator& generator);

/// How random_resized_crop chooses: a part of the area, and width over height, uniform on a log scale.
struct RandomResizedCropOptions {
  std::array<double, 2> scale = {0.08, 1.0};
  std::array<double, 2> ratio = {3.0 / 4, 4.0 / 3};
  Resample resample = Resample::Bilinear;
};

/// A random part of an image, resized to `size` x `size` (Szegedy et al., "Going deeper with convolutions",
/// CVPR 2015, section 6). Where ten tries do not fit in the image: its middle.
Tensor random_resized_crop(const Tensor& image, int64_t size, Generator& generator,
                           const RandomResizedCropOptions& options = {});

}  // namespace helder
