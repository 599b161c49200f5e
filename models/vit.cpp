#include "models/vit.h"

#include "autograd/ops/add.h"
#include "autograd/ops/cat.h"
#include "autograd/ops/expand.h"
#include "autograd/ops/gelu.h"
#include "autograd/ops/permute.h"
#include "autograd/ops/reshape.h"
#include "autograd/ops/scaled_dot_product_attention.h"
#include "autograd/ops/select.h"
#include "autograd/ops/transpose.h"
#include "layers/init.h"
#include "tensor/factories.h"

namespace helder {
namespace {

constexpr double kNormEps = 1e-6;  // of the paper's own code; LayerNorm's default is 1e-5

}  // namespace

VitAttention::VitAttention(int64_t dim, int64_t heads, double dropout)
    : qkv(dim, 3 * dim), proj(dim, dim), proj_drop(dropout), heads_(heads) {
  check(heads > 0 && dim % heads == 0, "VisionTransformer: a width of {} does not divide into {} heads", dim,
        heads);
  register_modules({{"qkv", qkv}, {"proj", proj}, {"proj_drop", proj_drop}});
}

Tensor VitAttention::forward(const Tensor& x) {  // [N, T, C]
  const int64_t n = x.size(0), tokens = x.size(1), dim = x.size(2);
  const Tensor all = qkv(x).reshape({n, tokens, 3, heads_, dim / heads_}).permute({2, 0, 3, 1, 4});
  const Tensor q = all[0], k = all[1], v = all[2];         // [N, heads, T, C / heads] each
  const Tensor y = scaled_dot_product_attention(q, k, v);  // [N, heads, T, C / heads]
  return proj_drop(proj(y.transpose(1, 2).reshape({n, tokens, dim})));
}

VitMlp::VitMlp(int64_t dim, int64_t hidden, double dropout)
    : fc1(dim, hidden), fc2(hidden, dim), drop(dropout) {
  register_modules({{"fc1", fc1}, {"fc2", fc2}, {"drop", drop}});
}

Tensor VitMlp::forward(const Tensor& x) { return drop(fc2(drop(gelu(fc1(x))))); }

VitBlock::VitBlock(const VisionTransformerOptions& options, double drop_path_rate)
    : norm1(options.dim, {.eps = kNormEps}),
      attn(options.dim, options.heads, options.dropout),
      norm2(options.dim, {.eps = kNormEps}),
      mlp(options.dim, static_cast<int64_t>(options.mlp_ratio * static_cast<double>(options.dim)),
          options.dropout),
      drop_path(drop_path_rate) {
  const auto add_scale = [&](const char* name) {
    auto scale = options.layer_scale != 0 ? make<LayerScale>(options.dim, options.layer_scale) : nullptr;
    if (scale) {
      register_module(name, *scale);
    }
    return scale;
  };
  register_modules({{"norm1", norm1}, {"attn", attn}});
  ls1 = add_scale("ls1");
  register_modules({{"norm2", norm2}, {"mlp", mlp}});
  ls2 = add_scale("ls2");
  register_module("drop_path", drop_path);
}

Tensor VitBlock::forward(const Tensor& x) {  // [N, T, C]
  const auto branch = [&](LayerNorm& norm, Module& body, const std::shared_ptr<LayerScale>& scale,
                          const Tensor& t) {
    const Tensor y = body(norm(t));
    return add(t, drop_path(scale ? (*scale)(y) : y));
  };
  return branch(norm2, mlp, ls2, branch(norm1, attn, ls1, x));
}

VisionTransformer::VisionTransformer(const VisionTransformerOptions& options)
    : patch_embed({.image_size = options.img_size,
                   .patch_size = options.patch_size,
                   .in_channels = options.in_channels,
                   .embed_dim = options.dim}),
      pos_drop(options.dropout),
      norm(options.dim, {.eps = kNormEps}),
      head(options.dim, options.classes) {
  check(options.depth >= 0, "VisionTransformer: the depth must not be negative, got {}", options.depth);
  check(options.drop_path >= 0 && options.drop_path <= 1,
        "VisionTransformer: drop_path must lie in [0, 1], got {}", options.drop_path);
  cls_token = register_parameter("cls_token", zeros({1, 1, options.dim}));
  pos_embed = register_parameter("pos_embed", zeros({1, 1 + patch_embed.num_patches(), options.dim}));
  for (int64_t i = 0; i < options.depth; ++i) {
    const double depth =
        options.depth > 1 ? static_cast<double>(i) / static_cast<double>(options.depth - 1) : 0;
    blocks.push_back(make<VitBlock>(options, options.drop_path * depth));
  }
  register_modules({{"patch_embed", patch_embed},
                    {"pos_drop", pos_drop},
                    {"blocks", blocks},
                    {"norm", norm},
                    {"head", head}});
  // As in the paper's own code, but for the head, which it starts from zeros. timm's default of 0.02 for all
  // weights suits the width of 768; narrow networks learn slower from it.
  init::normal_(pos_embed, 0, 0.02);
  for (const auto& [path, module] : named_modules()) {
    if (auto* linear = dynamic_cast<Linear*>(module)) {
      init::xavier_uniform_(linear->weight);
      init::zeros_(linear->bias);
    }
  }
}

Tensor VisionTransformer::forward_features(const Tensor& x) {  // [N, C, H, W]
  const Tensor patches = patch_embed(x);                       // [N, patches, dim]
  const Tensor first = expand(cls_token, {x.size(0), 1, pos_embed.size(2)});
  const Tensor tokens = add(cat({first, patches}, 1), pos_embed);  // [N, 1 + patches, dim]
  return norm(blocks(pos_drop(tokens)));
}

Tensor VisionTransformer::forward(const Tensor& x) {
  return head(forward_features(x).select(1, 0));  // [N, classes]
}

}  // namespace helder
