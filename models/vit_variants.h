#pragma once

#include <span>
#include <string_view>

#include "models/preprocessing.h"
#include "models/vit.h"

namespace helder {

/// A vision transformer that there are pretrained weights of.
struct VitVariant {
  std::string_view name;
  VisionTransformerOptions options;
  Preprocessing preprocessing;
};

/// ViT and DeiT by timm's names (`vit_base_patch16_224`, `deit_small_distilled_patch16_224`), ViT by
/// torchvision's (`vit_b_16`), which prepares pictures in another way, and DINOv2 by timm's
/// (`vit_small_patch14_dinov2`) and Meta's (`dinov2_vits14`). An option of 0 classes says that the weights
/// have no head.
std::span<const VitVariant> vit_variants();

/// Throws where there is none of that name.
const VitVariant& vit_variant(std::string_view name);

}  // namespace helder
