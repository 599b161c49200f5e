#pragma once

#include <optional>
#include <vector>

#include "layers/dropout.h"
#include "layers/layer_norm.h"
#include "layers/linear.h"
#include "layers/patch_embed.h"
#include "layers/position_resampling.h"
#include "layers/regularisers.h"
#include "layers/sequential.h"

namespace helder {

/// What of the tokens the head reads.
enum class VitReadout : uint8_t {
  Token,        ///< the class token
  Mean,         ///< the mean of the patches, normalised afterwards by `fc_norm` (timm's global_pool='avg')
  TokenAndMean  ///< both, side by side: DINOv2's linear classifier
};

/// The defaults are ViT-B/16's; models/vit_variants.h has the others that there are pretrained weights of.
struct VisionTransformerOptions {
  int64_t img_size = 224;
  int64_t patch_size = 16;
  int64_t in_channels = 3;
  int64_t classes = 1000;  ///< 0 for no head: the result is what it would read
  int64_t dim = 768;       ///< of a token
  int64_t depth = 12;      ///< blocks
  int64_t heads = 12;
  double mlp_ratio = 4;    ///< the hidden layer of a block's MLP has mlp_ratio * dim units
  double dropout = 0;      ///< of the tokens, of attention's output and of the MLP
  double drop_path = 0;    ///< of the last block; it grows linearly from the first, which is never dropped
  double layer_scale = 0;  ///< the initial scale of each block's two branches; 0 for none
  bool qkv_bias = true;
  double norm_eps = 1e-6;  ///< of the layer norms: 1e-12 in Hugging Face's ViT and DeiT
  bool class_token = true;
  bool distilled = false;  ///< DeiT's second token and head; the result is the mean of both heads
  int64_t reg_tokens = 0;  ///< tokens that carry nothing in or out (Darcet et al., 2024)
  /// How many of the tokens before the patches `pos_embed` has places for; all by default. 0 is timm's
  /// no_embed_class, 1 with registers is DINOv2's own layout.
  std::optional<int64_t> embedded_prefix = {};
  VitReadout readout = VitReadout::Token;
  int64_t representation_size = 0;  ///< units of a linear layer with tanh before the head; 0 for none
  /// Pictures of any size that divides into patches: positions are resampled for them.
  bool dynamic_img_size = false;
  PositionResampling resampling = {};
};

/// Attention of all tokens to all: [N, T, dim] -> [N, T, dim], with queries, keys and values in one linear
/// layer.
class VitAttention : public Module {
 public:
  explicit VitAttention(const VisionTransformerOptions& options);

  Linear qkv, proj;
  Dropout proj_drop;

  /// Who looks at whom: [N, heads, T, T], each row a query's weights, which sum to 1. `x` is the input of
  /// this module, as a forward hook sees it. `forward` never has this matrix as a whole.
  Tensor weights(const Tensor& x);
  Tensor forward(const Tensor& x) override;
  std::string describe() const override { return "VitAttention"; }

 private:
  Tensor projected(const Tensor& x);

  int64_t heads_;
};

/// Linear, GELU, linear, on each token by itself.
class VitMlp : public Module {
 public:
  VitMlp(int64_t dim, int64_t hidden, double dropout);

  Linear fc1, fc2;
  Dropout drop;

  Tensor forward(const Tensor& x) override;
  std::string describe() const override { return "VitMlp"; }
};

/// x + attention(norm(x)), then x + mlp(norm(x)): what a block adds, it computes from normalised tokens
/// (pre-norm).
class VitBlock : public Module {
 public:
  VitBlock(const VisionTransformerOptions& options, double drop_path);

  LayerNorm norm1;
  VitAttention attn;
  LayerNorm norm2;
  VitMlp mlp;
  DropPath drop_path;
  std::shared_ptr<LayerScale> ls1, ls2;  ///< null without layer scale

  Tensor forward(const Tensor& x) override;
  std::string describe() const override { return "VitBlock"; }
};

/// The vision transformer (Dosovitskiy et al., "An image is worth 16x16 words", 2021): an image is cut into
/// patches, each becomes a token, a class token joins them, and after `depth` blocks it is read out. [N,
/// in_channels, img_size, img_size] -> [N, classes] logits. Parameters have timm's names.
///
/// The tokens stand in this order: the class token, DeiT's distillation token (Touvron et al., "Training
/// data-efficient image transformers", 2021), registers, and the patches row by row.
class VisionTransformer : public Module {
 public:
  explicit VisionTransformer(const VisionTransformerOptions& options = {});

  PatchEmbed patch_embed;
  Tensor cls_token;   ///< [1, 1, dim]; undefined without class token
  Tensor dist_token;  ///< [1, 1, dim]; undefined unless distilled
  Tensor reg_token;   ///< [1, reg_tokens, dim]; undefined without registers
  Tensor pos_embed;   ///< [1, embedded prefix + patches, dim]
  Dropout pos_drop;
  Sequential blocks;
  LayerNorm norm;                      ///< called fc_norm where it comes after the mean of the patches
  std::shared_ptr<Linear> pre_logits;  ///< null without representation_size
  std::shared_ptr<Linear> head;        ///< null without classes
  std::shared_ptr<Linear> head_dist;   ///< null unless distilled, with classes

  /// Tokens before the patches.
  int64_t prefix_tokens() const;

  /// What the first block gets: [N, prefix + patches, dim].
  Tensor embed(const Tensor& x);
  /// The tokens after each block, before the last norm.
  std::vector<Tensor> forward_intermediates(const Tensor& x);
  /// All tokens after the last norm, [N, prefix + patches, dim]; the class token is the first.
  Tensor forward_features(const Tensor& x);
  /// From those to logits.
  Tensor forward_head(const Tensor& tokens);
  Tensor forward(const Tensor& x) override;
  std::string describe() const override { return "VisionTransformer"; }

 private:
  Tensor positions(Pair grid) const;

  VisionTransformerOptions options_;
};

}  // namespace helder
