#include "models/vit_variants.h"

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/catch.h"
#include "tests/paths.h"

using namespace helder;

namespace {

nlohmann::json reference() {
  std::ifstream file(testing::source_path("tests/fixtures/vit_variants.json"));
  return nlohmann::json::parse(file);
}

// Counted by hand: making the large ones takes seconds.
int64_t parameters(const VisionTransformerOptions& o) {
  const int64_t d = o.dim, side = o.img_size / o.patch_size, hidden = static_cast<int64_t>(o.mlp_ratio * d);
  const int64_t tokens = 1 + (o.distilled ? 1 : 0) + o.reg_tokens;
  const int64_t patch_embed = d * (o.in_channels * o.patch_size * o.patch_size + 1);
  const int64_t pos_embed = d * (o.embedded_prefix.value_or(tokens) + side * side);
  const int64_t attention = 3 * d * (d + 1) + d * (d + 1), mlp = hidden * (d + 1) + d * (hidden + 1);
  const int64_t block = 4 * d + attention + mlp + (o.layer_scale != 0 ? 2 * d : 0);
  const int64_t head = o.classes * (d + 1) * (o.distilled ? 2 : 1);
  return d * tokens + patch_embed + pos_embed + o.depth * block + 2 * d + head;
}

}  // namespace

TEST_CASE("the variants of ViT have the sizes and the preprocessing that timm and torchvision say",
          "[models][vit]") {
  const auto variants = reference();
  CHECK(variants.size() == 32);
  for (const auto& [name, expected] : variants.items()) {
    INFO(name);
    const VitVariant& variant = vit_variant(name);
    CHECK(parameters(variant.options) == expected.at("parameters").get<int64_t>());
    const Preprocessing& preprocessing = variant.preprocessing;
    CHECK(preprocessing.resize == expected.at("resize").get<int64_t>());
    CHECK(preprocessing.crop == expected.at("crop").get<int64_t>());
    CHECK((preprocessing.resample == Resample::Bicubic ? "bicubic" : "bilinear") ==
          expected.at("interpolation").get<std::string>());
    CHECK(preprocessing.mean == expected.at("mean").get<std::array<float, 3>>());
    CHECK(preprocessing.std == expected.at("std").get<std::array<float, 3>>());
  }
}

TEST_CASE("the sizes of ViT's variants, counted by hand, are those of the networks", "[models][vit]") {
  for (const char* name : {"deit_tiny_distilled_patch16_224", "dinov2_vits14_reg"}) {
    INFO(name);
    VisionTransformerOptions options = vit_variant(name).options;
    options.depth = 1;
    options.classes = options.classes > 0 ? 10 : 0;
    CHECK(VisionTransformer(options).parameter_count() == parameters(options));
  }
}

TEST_CASE("vit_variant: there is none of that name", "[models][vit]") {
  CHECK_THROWS_WITH(vit_variant("vit_huge"), "vit_variant: there is no vision transformer 'vit_huge'");
}
