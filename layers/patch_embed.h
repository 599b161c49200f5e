#pragma once

#include "layers/conv2d.h"

namespace helder {

struct PatchEmbedOptions {
  Pair image_size = 224;
  Pair patch_size = 16;
  int64_t in_channels = 3;
  int64_t embed_dim = 768;
  bool bias = true;
  bool strict_image_size =
      true;  ///< accepts only pictures of image_size; else of any that divides into patches
};

/// Cuts a picture into patches that do not overlap, and makes a token of each by one linear map: [N,
/// in_channels, H, W] -> [N, H W / patch, embed_dim], row by row (Dosovitskiy et al., "An image is worth
/// 16x16 words", 2021, section 3.1). The map is a convolution whose stride is its kernel's size. Parameters,
/// with timm's names: proj.weight [embed_dim, in_channels, patch h, patch w], proj.bias [embed_dim].
class PatchEmbed : public Module {
 public:
  explicit PatchEmbed(const PatchEmbedOptions& options = {});

  Conv2d proj;

  /// Patches of a picture of image_size, down and across.
  Pair grid_size() const;
  int64_t num_patches() const { return grid_size().h * grid_size().w; }
  /// From now on for pictures of another size; the parameters do not depend on it.
  void set_image_size(Pair size);

  Tensor forward(const Tensor& x) override;
  std::string describe() const override;

 private:
  PatchEmbedOptions options_;
};

}  // namespace helder
