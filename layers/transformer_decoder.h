#pragma once

#include <optional>

#include "layers/module_list.h"
#include "layers/transformer_layer.h"

namespace helder {

/// A sequence attends to itself, then to `memory`, what an encoder made of another one; then each position
/// passes the feed-forward: tgt [T, N, d_model], memory [S, N, d_model] -> [T, N, d_model].
/// PyTorch's tgt_mask and tgt_key_padding_mask are in `tgt_masks`, memory_mask ([T, S]) and
/// memory_key_padding_mask in `memory_masks`.
/// Parameters: self_attn, multihead_attn, linear1, linear2, norm1, norm2, norm3.
class TransformerDecoderLayer : public TransformerLayer {
 public:
  TransformerDecoderLayer(int64_t d_model, int64_t nhead, const TransformerOptions& options = {});

  MultiheadAttention multihead_attn;
  LayerNorm norm3;
  Dropout dropout3;

  Tensor operator()(const Tensor& tgt, const Tensor& memory, const AttentionMasks& tgt_masks = {},
                    const AttentionMasks& memory_masks = {});
  std::string describe() const override { return "TransformerDecoderLayer"; }
};

/// `num_layers` decoder layers one after another, all with the same memory, and a layer norm behind them if
/// `final_norm`. Parameters: layers.0 ..., norm. Each layer has its own initial weights.
class TransformerDecoder : public Module {
 public:
  TransformerDecoder(int64_t d_model, int64_t nhead, int64_t num_layers,
                     const TransformerOptions& options = {}, bool final_norm = false);

  ModuleList<TransformerDecoderLayer> layers;
  std::optional<LayerNorm> norm;

  Tensor operator()(const Tensor& tgt, const Tensor& memory, const AttentionMasks& tgt_masks = {},
                    const AttentionMasks& memory_masks = {});
  std::string describe() const override { return "TransformerDecoder"; }
};

}  // namespace helder
