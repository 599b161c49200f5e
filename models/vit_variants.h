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

/// Each by the name that its library has for it, which says how it is made and how it prepares pictures:
/// timm's (`vit_base_patch16_224`, `deit_small_distilled_patch16_224`, `vit_small_patch14_dinov2`),
/// torchvision's (`vit_b_16`), those of Meta's hub (`dinov2_vits14`) and of Hugging Face's
/// (`vit-base-patch16-224`). An option of 0 classes says that the weights have no head.
std::span<const VitVariant> vit_variants();

/// Throws where there is none of that name.
const VitVariant& vit_variant(std::string_view name);

}  // namespace helder
