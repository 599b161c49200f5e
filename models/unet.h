#pragma once

#include "layers/conv2d.h"
#include "layers/conv_transpose2d.h"
#include "layers/group_norm.h"
#include "layers/module_list.h"

namespace helder {

/// Twice a 3x3 convolution, group norm and SiLU; the image keeps its size.
class UNetBlock : public Module {
 public:
  UNetBlock(int64_t in_channels, int64_t channels, int64_t groups);

  Conv2d conv1;
  GroupNorm norm1;
  Conv2d conv2;
  GroupNorm norm2;

  Tensor forward(const Tensor& x) override;
  std::string describe() const override { return "UNetBlock"; }
};

struct UNetOptions {
  int64_t in_channels = 1;
  int64_t out_channels = 1;
  std::vector<int64_t> widths = {32, 64, 128};  ///< channels at each level; the image is halved between two
  int64_t groups = 8;                           ///< of the group norms; divides every width
};

/// An image to an image of the same size: down to a small one with many channels, and up again, where each
/// level also gets what the way down had at its size (Ronneberger et al., "U-Net: convolutional networks for
/// biomedical image segmentation", 2015; with padding, group norm and SiLU as in today's diffusion models).
/// [N, in_channels, H, W] -> [N, out_channels, H, W]; H and W are multiples of 2^(levels - 1).
class UNet : public Module {
 public:
  explicit UNet(const UNetOptions& options = {});

  ModuleList<UNetBlock> encoder;   ///< level 0 is the full size
  ModuleList<Conv2d> down;         ///< [.., H, W] -> [.., H / 2, W / 2]
  ModuleList<ConvTranspose2d> up;  ///< the other way; up[i] leads to level i
  ModuleList<UNetBlock> decoder;   ///< decoder[i] works at level i
  Conv2d head;

  Tensor forward(const Tensor& x) override;
  std::string describe() const override { return "UNet"; }
};

}  // namespace helder
