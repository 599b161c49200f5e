#include "models/vit_variants.h"

#include <vector>

namespace helder {
namespace {

using Options = VisionTransformerOptions;

// Widths, as the papers have them: Dosovitskiy et al., 2021, table 1; Touvron et al., 2021, table 1.
const Options kTiny = {.dim = 192, .heads = 3};
const Options kSmall = {.dim = 384, .heads = 6};
const Options kBase = {};
const Options kLarge = {.dim = 1024, .depth = 24, .heads = 16};

Options vit(Options width, int64_t patch_size, int64_t img_size) {
  width.patch_size = patch_size;
  width.img_size = img_size;
  return width;
}

Options distilled(Options width) {
  width.distilled = true;
  return width;
}

// Oquab et al., "DINOv2", 2024. The positions were learned for 37 x 37 patches.
Options dinov2(Options width, const PositionResampling& resampling, int64_t classes = 0) {
  width.patch_size = 14;
  width.img_size = 518;
  width.layer_scale = 1e-5;
  width.classes = classes;
  width.dynamic_img_size = true;
  width.resampling = resampling;
  return width;
}

// With four registers (Darcet et al., 2024). timm has added the class token's position to the token itself.
Options with_registers(Options options, int64_t embedded_prefix) {
  options.reg_tokens = 4;
  options.embedded_prefix = embedded_prefix;
  return options;
}

Options with_read_out(Options options, VitReadout readout) {
  options.readout = readout;
  return options;
}

constexpr PositionResampling kTimm = {.antialias = true, .offset = 0};
constexpr PositionResampling kHuggingFace = {.antialias = false, .offset = 0};
constexpr PositionResampling kMeta = {.antialias = false, .offset = 0.1};

// Google's networks see values from -1 to 1, the others ImageNet's mean and deviation. timm resizes to 1 /
// 0.9 of the crop, or to the crop itself where the picture is large.
Preprocessing google(int64_t resize, int64_t crop) {
  return {.resize = resize,
          .crop = crop,
          .resample = Resample::Bicubic,
          .mean = {0.5F, 0.5F, 0.5F},
          .std = {0.5F, 0.5F, 0.5F}};
}

Preprocessing imagenet(int64_t resize, int64_t crop, Resample resample) {
  Preprocessing result;
  result.resize = resize;
  result.crop = crop;
  result.resample = resample;
  return result;
}

std::vector<VitVariant> all_variants() {
  const Preprocessing google_224 = google(248, 224), google_384 = google(384, 384);
  const Preprocessing deit_224 = imagenet(248, 224, Resample::Bicubic);
  const Preprocessing deit_384 = imagenet(384, 384, Resample::Bicubic);
  const Preprocessing torchvision = imagenet(256, 224, Resample::Bilinear);
  const Preprocessing dino_518 = imagenet(518, 518, Resample::Bicubic);
  const Preprocessing dino_224 = imagenet(256, 224, Resample::Bicubic);
  return {
      {"vit_tiny_patch16_224", vit(kTiny, 16, 224), google_224},
      {"vit_tiny_patch16_384", vit(kTiny, 16, 384), google_384},
      {"vit_small_patch32_224", vit(kSmall, 32, 224), google_224},
      {"vit_small_patch32_384", vit(kSmall, 32, 384), google_384},
      {"vit_small_patch16_224", vit(kSmall, 16, 224), google_224},
      {"vit_small_patch16_384", vit(kSmall, 16, 384), google_384},
      {"vit_base_patch32_224", vit(kBase, 32, 224), google_224},
      {"vit_base_patch32_384", vit(kBase, 32, 384), google_384},
      {"vit_base_patch16_224", vit(kBase, 16, 224), google_224},
      {"vit_base_patch16_384", vit(kBase, 16, 384), google_384},
      {"vit_large_patch32_224", vit(kLarge, 32, 224), google_224},
      {"vit_large_patch32_384", vit(kLarge, 32, 384), google_384},
      {"vit_large_patch16_224", vit(kLarge, 16, 224), google_224},
      {"vit_large_patch16_384", vit(kLarge, 16, 384), google_384},

      {"vit_b_16", vit(kBase, 16, 224), torchvision},
      {"vit_b_32", vit(kBase, 32, 224), torchvision},
      {"vit_l_16", vit(kLarge, 16, 224), imagenet(242, 224, Resample::Bilinear)},
      {"vit_l_32", vit(kLarge, 32, 224), torchvision},

      {"deit_tiny_patch16_224", vit(kTiny, 16, 224), deit_224},
      {"deit_small_patch16_224", vit(kSmall, 16, 224), deit_224},
      {"deit_base_patch16_224", vit(kBase, 16, 224), deit_224},
      {"deit_base_patch16_384", vit(kBase, 16, 384), deit_384},
      {"deit_tiny_distilled_patch16_224", distilled(vit(kTiny, 16, 224)), deit_224},
      {"deit_small_distilled_patch16_224", distilled(vit(kSmall, 16, 224)), deit_224},
      {"deit_base_distilled_patch16_224", distilled(vit(kBase, 16, 224)), deit_224},
      {"deit_base_distilled_patch16_384", distilled(vit(kBase, 16, 384)), deit_384},

      {"vit_small_patch14_dinov2", dinov2(kSmall, kTimm), dino_518},
      {"vit_base_patch14_dinov2", dinov2(kBase, kTimm), dino_518},
      {"vit_large_patch14_dinov2", dinov2(kLarge, kTimm), dino_518},
      {"vit_small_patch14_reg4_dinov2", with_registers(dinov2(kSmall, kTimm), 0), dino_518},
      {"vit_base_patch14_reg4_dinov2", with_registers(dinov2(kBase, kTimm), 0), dino_518},
      {"vit_large_patch14_reg4_dinov2", with_registers(dinov2(kLarge, kTimm), 0), dino_518},

      // Meta's hub, and the classifiers that Hugging Face has as dinov2-small-imagenet1k-1-layer and so on.
      {"dinov2_vits14", dinov2(kSmall, kMeta), dino_224},
      {"dinov2_vitb14", dinov2(kBase, kMeta), dino_224},
      {"dinov2_vitl14", dinov2(kLarge, kMeta), dino_224},
      {"dinov2_vits14_reg", with_registers(dinov2(kSmall, kTimm), 1), dino_224},
      {"dinov2_vitb14_reg", with_registers(dinov2(kBase, kTimm), 1), dino_224},
      {"dinov2_vitl14_reg", with_registers(dinov2(kLarge, kTimm), 1), dino_224},
      {"dinov2-small-imagenet1k-1-layer",
       with_read_out(dinov2(kSmall, kHuggingFace, 1000), VitReadout::TokenAndMean), dino_224},
      {"dinov2-base-imagenet1k-1-layer",
       with_read_out(dinov2(kBase, kHuggingFace, 1000), VitReadout::TokenAndMean), dino_224},
  };
}

}  // namespace

std::span<const VitVariant> vit_variants() {
  static const std::vector<VitVariant> variants = all_variants();
  return variants;
}

const VitVariant& vit_variant(std::string_view name) {
  for (const VitVariant& variant : vit_variants()) {
    if (variant.name == name) {
      return variant;
    }
  }
  fail("vit_variant: there is no vision transformer '{}'", name);
}

}  // namespace helder
