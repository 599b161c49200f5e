#pragma once

#include "layers/dropout.h"
#include "layers/layer_norm.h"
#include "layers/linear.h"
#include "layers/patch_embed.h"
#include "layers/regularisers.h"
#include "layers/sequential.h"

namespace helder {

struct VisionTransformerOptions {
  int64_t img_size = 224;
  int64_t patch_size = 16;
  int64_t in_channels = 3;
  int64_t classes = 1000;
  int64_t dim = 768;   ///< of a token
  int64_t depth = 12;  ///< blocks
  int64_t heads = 12;
  double mlp_ratio = 4;    ///< the hidden layer of a block's MLP has mlp_ratio * dim units
  double dropout = 0;      ///< of the tokens, of attention's output and of the MLP
  double drop_path = 0;    ///< of the last block; it grows linearly from the first, which is never dropped
  double layer_scale = 0;  ///< the initial scale of each block's two branches; 0 for none
};

/// Attention of all tokens to all: [N, T, dim] -> [N, T, dim], with queries, keys and values in one linear
/// layer.
class VitAttention : public Module {
 public:
  VitAttention(int64_t dim, int64_t heads, double dropout);

  Linear qkv, proj;
  Dropout proj_drop;

  Tensor forward(const Tensor& x) override;
  std::string describe() const override { return "VitAttention"; }

 private:
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
class VisionTransformer : public Module {
 public:
  explicit VisionTransformer(const VisionTransformerOptions& options = {});

  PatchEmbed patch_embed;
  Tensor cls_token;  ///< [1, 1, dim]
  Tensor pos_embed;  ///< [1, 1 + patches, dim]
  Dropout pos_drop;
  Sequential blocks;
  LayerNorm norm;
  Linear head;

  /// All tokens after the last norm, [N, 1 + patches, dim]; the class token is the first.
  Tensor forward_features(const Tensor& x);
  Tensor forward(const Tensor& x) override;
  std::string describe() const override { return "VisionTransformer"; }
};

}  // namespace helder
