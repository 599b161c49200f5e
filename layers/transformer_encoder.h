#pragma once

#include <optional>

#include "layers/module_list.h"
#include "layers/transformer_layer.h"

namespace helder {

/// A sequence attends to itself, then each position passes the feed-forward: [L, N, d_model] -> the same.
/// PyTorch's src_mask and src_key_padding_mask are masks.attn_mask and masks.key_padding_mask.
/// Parameters: self_attn, linear1, linear2, norm1, norm2.
class TransformerEncoderLayer : public TransformerLayer {
 public:
  TransformerEncoderLayer(int64_t d_model, int64_t nhead, const TransformerOptions& options = {});

  using Module::operator();
  Tensor operator()(const Tensor& src, const AttentionMasks& masks);
  Tensor forward(const Tensor& src) override { return run(src, {}); }
  std::string describe() const override { return "TransformerEncoderLayer"; }

 private:
  Tensor run(const Tensor& src, const AttentionMasks& masks);
};

/// `num_layers` encoder layers one after another, and a layer norm behind them if `final_norm`, which
/// pre-norm layers want. Parameters: layers.0 ..., norm.
///
/// Each layer has its own initial weights; PyTorch's are copies of one layer.
class TransformerEncoder : public Module {
 public:
  TransformerEncoder(int64_t d_model, int64_t nhead, int64_t num_layers,
                     const TransformerOptions& options = {}, bool final_norm = false);

  ModuleList<TransformerEncoderLayer> layers;
  std::optional<LayerNorm> norm;

  using Module::operator();
  Tensor operator()(const Tensor& src, const AttentionMasks& masks);
  Tensor forward(const Tensor& src) override { return run(src, {}); }
  std::string describe() const override { return "TransformerEncoder"; }

 private:
  Tensor run(const Tensor& src, const AttentionMasks& masks);
};

}  // namespace helder
