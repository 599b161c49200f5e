#pragma once

#include <span>

#include "weights/name_map.h"

namespace helder {

/// What others call the tensors of VisionTransformer, whose own names are timm's (Meta's DeiT has the same):
/// Meta's DINOv2, torchvision, Hugging Face (ViT, DeiT and DINOv2, in files and as transformers 5 has them
/// in memory) and Google's `.npz` of JAX.
std::span<const NameMap> vit_name_maps();

}  // namespace helder
