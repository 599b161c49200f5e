#include "models/vit.h"

#include <cmath>

#include "autograd/ops/add.h"
#include "autograd/ops/cat.h"
#include "autograd/ops/expand.h"
#include "autograd/ops/gelu.h"
#include "autograd/ops/matmul.h"
#include "autograd/ops/mean.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/permute.h"
#include "autograd/ops/reshape.h"
#include "autograd/ops/scaled_dot_product_attention.h"
#include "autograd/ops/select.h"
#include "autograd/ops/slice.h"
#include "autograd/ops/softmax.h"
#include "autograd/ops/tanh.h"
#include "autograd/ops/transpose.h"
#include "layers/init.h"
#include "tensor/factories.h"

namespace helder {

VitAttention::VitAttention(const VisionTransformerOptions& options)
    : qkv(options.dim, 3 * options.dim, {.bias = options.qkv_bias}),
      proj(options.dim, options.dim),
      proj_drop(options.dropout),
      heads_(options.heads) {
  check(heads_ > 0 && options.dim % heads_ == 0,
        "VisionTransformer: a width of {} does not divide into {} heads", options.dim, heads_);
  register_modules({{"qkv", qkv}, {"proj", proj}, {"proj_drop", proj_drop}});
}

// Queries, keys and values as views of one product: [3, N, heads, T, C / heads].
Tensor VitAttention::projected(const Tensor& x) {  // [N, T, C]
  return qkv(x).reshape({x.size(0), x.size(1), 3, heads_, x.size(2) / heads_}).permute({2, 0, 3, 1, 4});
}

Tensor VitAttention::forward(const Tensor& x) {  // [N, T, C]
  const Tensor all = projected(x);
  const Tensor q = all[0], k = all[1], v = all[2];         // [N, heads, T, C / heads] each
  const Tensor y = scaled_dot_product_attention(q, k, v);  // [N, heads, T, C / heads]
  return proj_drop(proj(y.transpose(1, 2).reshape(x.shape())));
}

Tensor VitAttention::weights(const Tensor& x) {  // [N, T, C]
  const Tensor all = projected(x);
  const double scale = 1 / std::sqrt(static_cast<double>(all.size(-1)));
  return softmax(matmul(mul(all[0], scale), all[1].transpose(-2, -1)), -1);
}

VitMlp::VitMlp(int64_t dim, int64_t hidden, double dropout)
    : fc1(dim, hidden), fc2(hidden, dim), drop(dropout) {
  register_modules({{"fc1", fc1}, {"fc2", fc2}, {"drop", drop}});
}

Tensor VitMlp::forward(const Tensor& x) { return drop(fc2(drop(gelu(fc1(x))))); }

VitBlock::VitBlock(const VisionTransformerOptions& options, double drop_path_rate)
    : norm1(options.dim, {.eps = options.norm_eps}),
      attn(options),
      norm2(options.dim, {.eps = options.norm_eps}),
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
                   .embed_dim = options.dim,
                   .strict_image_size = !options.dynamic_img_size}),
      pos_drop(options.dropout),
      norm(options.dim, {.eps = options.norm_eps}),
      options_(options) {
  const int64_t dim = options.dim, prefix = prefix_tokens(),
                embedded = options.embedded_prefix.value_or(prefix);
  check(options.depth >= 0, "VisionTransformer: the depth must not be negative, got {}", options.depth);
  check(options.drop_path >= 0 && options.drop_path <= 1,
        "VisionTransformer: drop_path must lie in [0, 1], got {}", options.drop_path);
  check(options.classes >= 0 && options.reg_tokens >= 0 && options.representation_size >= 0,
        "VisionTransformer: classes, reg_tokens and representation_size must not be negative, got {}, {} and "
        "{}",
        options.classes, options.reg_tokens, options.representation_size);
  check(options.class_token || (options.readout == VitReadout::Mean && !options.distilled),
        "VisionTransformer: without class token, only the mean of the patches can be read");
  check(!options.distilled || (options.readout == VitReadout::Token && options.representation_size == 0),
        "VisionTransformer: the heads of a distilled one read the class and the distillation token");
  check(0 <= embedded && embedded <= prefix,
        "VisionTransformer: positions for {} of the tokens before the patches, but there are {}", embedded,
        prefix);

  // The order of registration is that of state_dict(), the order of making that of the random numbers.
  if (options.class_token) {
    cls_token = register_parameter("cls_token", zeros({1, 1, dim}));
  }
  if (options.distilled) {
    dist_token = register_parameter("dist_token", zeros({1, 1, dim}));
  }
  if (options.reg_tokens > 0) {
    reg_token = register_parameter("reg_token", zeros({1, options.reg_tokens, dim}));
  }
  pos_embed = register_parameter("pos_embed", zeros({1, embedded + patch_embed.num_patches(), dim}));
  for (int64_t i = 0; i < options.depth; ++i) {
    const double depth =
        options.depth > 1 ? static_cast<double>(i) / static_cast<double>(options.depth - 1) : 0;
    blocks.push_back(make<VitBlock>(options, options.drop_path * depth));
  }
  register_modules({{"patch_embed", patch_embed},
                    {"pos_drop", pos_drop},
                    {"blocks", blocks},
                    {options.readout == VitReadout::Mean ? "fc_norm" : "norm", norm}});
  const auto add_linear = [&](const char* name, int64_t in, int64_t out) {
    auto linear = out > 0 ? make<Linear>(in, out) : nullptr;
    if (linear) {
      register_module(name, *linear);
    }
    return linear;
  };
  const int64_t read = options.readout == VitReadout::TokenAndMean ? 2 * dim : dim;
  const int64_t represented = options.representation_size > 0 ? options.representation_size : read;
  pre_logits = add_linear("pre_logits", read, options.representation_size);
  head = add_linear("head", represented, options.classes);
  head_dist = add_linear("head_dist", represented, options.distilled ? options.classes : 0);

  // As in the paper's own code, but for the head, which it starts from zeros. timm's default of 0.02 for all
  // weights suits the width of 768; narrow networks learn slower from it.
  init::normal_(pos_embed, 0, 0.02);
  for (const auto& [path, module] : named_modules()) {
    if (auto* linear = dynamic_cast<Linear*>(module)) {
      init::xavier_uniform_(linear->weight);
      if (linear->bias.defined()) {
        init::zeros_(linear->bias);
      }
    }
  }
  if (dist_token.defined()) {
    init::normal_(dist_token, 0, 0.02);
  }
  if (reg_token.defined()) {
    init::normal_(reg_token, 0, 1e-6);  // not zeros: equal tokens stay equal
  }
}

int64_t VisionTransformer::prefix_tokens() const {
  return (options_.class_token ? 1 : 0) + (options_.distilled ? 1 : 0) + options_.reg_tokens;
}

// [1, embedded prefix + h w, dim] for pictures of h x w patches.
Tensor VisionTransformer::positions(Pair grid) const {
  const int64_t embedded = options_.embedded_prefix.value_or(prefix_tokens());
  return resample_positions(pos_embed, patch_embed.grid_size(), grid, embedded, options_.resampling);
}

Tensor VisionTransformer::embed(const Tensor& x) {  // [N, C, H, W]
  const Tensor patches = patch_embed(x);            // [N, patches, dim]
  const int64_t n = x.size(0), dim = options_.dim;
  const int64_t prefix = prefix_tokens(), embedded = options_.embedded_prefix.value_or(prefix);
  std::vector<Tensor> parts;
  for (const Tensor& token : {cls_token, dist_token, reg_token}) {
    if (token.defined()) {
      parts.push_back(expand(token, {n, token.size(1), dim}));
    }
  }
  parts.push_back(patches);
  const Tensor tokens = parts.size() > 1 ? cat(parts, 1) : patches;  // [N, prefix + patches, dim]
  const Tensor places = positions({x.size(2) / options_.patch_size, x.size(3) / options_.patch_size});
  if (embedded == prefix) {
    return add(tokens, places);
  }
  // The tokens between the embedded ones and the patches stand nowhere.
  const auto part = [](const Tensor& t, int64_t begin, std::optional<int64_t> end) {
    return slice(t, 1, begin, end);
  };
  const Tensor placed = add(part(tokens, prefix, {}), part(places, embedded, {}));
  const Tensor first = add(part(tokens, 0, embedded), part(places, 0, embedded));
  return cat({first, part(tokens, embedded, prefix), placed}, 1);
}

std::vector<Tensor> VisionTransformer::forward_intermediates(const Tensor& x) {
  std::vector<Tensor> result;
  Tensor tokens = pos_drop(embed(x));
  for (const auto& block : blocks.modules()) {
    tokens = (*block)(tokens);
    result.push_back(tokens);
  }
  return result;
}

Tensor VisionTransformer::forward_features(const Tensor& x) {  // [N, C, H, W]
  const Tensor tokens = blocks(pos_drop(embed(x)));            // [N, prefix + patches, dim]
  return options_.readout == VitReadout::Mean ? tokens : norm(tokens);
}

Tensor VisionTransformer::forward_head(const Tensor& tokens) {  // [N, prefix + patches, dim]
  const auto classify = [](const std::shared_ptr<Linear>& layer, const Tensor& read) {
    return layer ? (*layer)(read) : read;
  };
  const auto token = [&](int64_t i) { return tokens.select(1, i); };  // [N, dim]
  const auto mean_of_patches = [&] { return slice(tokens, 1, prefix_tokens(), {}).mean({1}); };
  if (options_.distilled) {
    return mul(add(classify(head, token(0)), classify(head_dist, token(1))), 0.5);
  }
  Tensor read;
  switch (options_.readout) {
    case VitReadout::Token:
      read = token(0);
      break;
    case VitReadout::Mean:
      read = norm(mean_of_patches());
      break;
    case VitReadout::TokenAndMean:
      read = cat({token(0), mean_of_patches()}, 1);  // [N, 2 dim]
      break;
  }
  return classify(head, pre_logits ? tanh((*pre_logits)(read)) : read);
}

Tensor VisionTransformer::forward(const Tensor& x) { return forward_head(forward_features(x)); }

}  // namespace helder
