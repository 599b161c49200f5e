#include "layers/patch_embed.h"

#include "autograd/ops/reshape.h"
#include "autograd/ops/transpose.h"

namespace helder {
namespace {

void check_divides(Pair image, Pair patch) {
  check(patch.h > 0 && patch.w > 0 && image.h % patch.h == 0 && image.w % patch.w == 0,
        "PatchEmbed: a picture of {}x{} does not divide into patches of {}x{}", image.h, image.w, patch.h,
        patch.w);
}

}  // namespace

PatchEmbed::PatchEmbed(const PatchEmbedOptions& options)
    : proj(options.in_channels, options.embed_dim, options.patch_size,
           {.stride = options.patch_size, .bias = options.bias}),
      options_(options) {
  check_divides(options.image_size, options.patch_size);
  register_modules({{"proj", proj}});
}

Pair PatchEmbed::grid_size() const {
  return {options_.image_size.h / options_.patch_size.h, options_.image_size.w / options_.patch_size.w};
}

void PatchEmbed::set_image_size(Pair size) {
  check_divides(size, options_.patch_size);
  options_.image_size = size;
}

Tensor PatchEmbed::forward(const Tensor& x) {
  const Pair image = options_.image_size;
  check(x.rank() == 4 && x.size(1) == options_.in_channels, "PatchEmbed: expected [N,{},H,W], got {}",
        options_.in_channels, x.shape());
  check(!options_.strict_image_size || image == Pair(x.size(2), x.size(3)),
        "PatchEmbed: expected pictures of {}x{} (input {})", image.h, image.w, x.shape());
  check_divides({x.size(2), x.size(3)}, options_.patch_size);
  return transpose(flatten(proj(x), 2), 1, 2);  // [N, dim, h, w] -> [N, h w, dim]
}

std::string PatchEmbed::describe() const {
  return fmt::format("PatchEmbed(image={}x{}, patch={}x{})", options_.image_size.h, options_.image_size.w,
                     options_.patch_size.h, options_.patch_size.w);
}

}  // namespace helder
