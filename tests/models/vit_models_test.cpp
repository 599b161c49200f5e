// Vision transformers of full width beside those of timm, torchvision and transformers, with synthetic
// weights in each one's naming. tests/fixtures/generate_vit_models.py has the same sizes.

#include "layers/init.h"
#include "models/vit_variants.h"
#include "tests/catch.h"
#include "tests/models/synthetic_weights.h"
#include "weights/name_maps/vit.h"

using namespace helder;

namespace {

// `img_size` 0 is that of the variant.
void compare(const char* name, const char* library, int64_t depth, int64_t img_size = 0) {
  VisionTransformerOptions options = vit_variant(name).options;
  options.depth = depth;
  options.img_size = img_size > 0 ? img_size : options.img_size;
  const init::SkipRandom skip;  // weights come from names
  VisionTransformer net(options);
  testing::check_model(net, testing::ReferenceModel(std::string(name) + "." + library), vit_name_maps());
}

}  // namespace

TEST_CASE("VisionTransformer computes what timm's does", "[models][vit]") {
  compare("vit_tiny_patch16_224", "timm", 12, 64);
  compare("vit_small_patch32_224", "timm", 2, 96);
  compare("vit_base_patch16_224", "timm", 1, 48);
}

TEST_CASE("DeiT computes what timm's does", "[models][vit]") {
  compare("deit_tiny_distilled_patch16_224", "timm", 12, 64);
}

TEST_CASE("DINOv2 computes what timm's does, with resampled positions", "[models][vit]") {
  compare("vit_small_patch14_dinov2", "timm", 2);
  compare("vit_small_patch14_reg4_dinov2", "timm", 2);
}

TEST_CASE("DINOv2's classifier computes what that of transformers does", "[models][vit]") {
  compare("dinov2-small-imagenet1k-1-layer", "transformers", 2);
}

TEST_CASE("VisionTransformer computes what torchvision's does", "[models][vit]") {
  compare("vit_b_32", "torchvision", 1, 64);
  compare("vit_l_16", "torchvision", 1, 32);
}

TEST_CASE("VisionTransformer computes what that of transformers does", "[models][vit]") {
  compare("vit-base-patch16-224", "transformers", 1, 48);
  compare("deit-tiny-distilled-patch16-224", "transformers", 2, 48);
}
