#include "layers/transformer_decoder.h"

#include <array>

namespace helder {

TransformerDecoderLayer::TransformerDecoderLayer(int64_t d_model, int64_t nhead,
                                                 const TransformerOptions& options)
    : TransformerLayer(d_model, nhead, options),
      multihead_attn(d_model, nhead, attention_options()),
      norm3(d_model, norm_options()),
      dropout3(options.dropout) {
  register_modules({{"self_attn", self_attn},
                    {"multihead_attn", multihead_attn},
                    {"linear1", linear1},
                    {"dropout", dropout},
                    {"linear2", linear2},
                    {"norm1", norm1},
                    {"norm2", norm2},
                    {"norm3", norm3},
                    {"dropout1", dropout1},
                    {"dropout2", dropout2},
                    {"dropout3", dropout3}});
}

Tensor TransformerDecoderLayer::operator()(const Tensor& tgt, const Tensor& memory,
                                           const AttentionMasks& tgt_masks,
                                           const AttentionMasks& memory_masks) {
  return call(std::array{tgt, memory}, [&] {
    Tensor x =
        add_branch(tgt, norm1, dropout1, [&](const Tensor& t) { return attend_to_itself(t, tgt_masks); });
    x = add_branch(x, norm2, dropout2,
                   [&](const Tensor& t) { return multihead_attn(t, memory, memory, memory_masks); });
    return add_branch(x, norm3, dropout3, [&](const Tensor& t) { return feed_forward(t); });
  });
}

TransformerDecoder::TransformerDecoder(int64_t d_model, int64_t nhead, int64_t num_layers,
                                       const TransformerOptions& options, bool final_norm) {
  check(num_layers >= 0, "TransformerDecoder: num_layers must not be negative, got {}", num_layers);
  for (int64_t i = 0; i < num_layers; ++i) {
    layers.push_back(make<TransformerDecoderLayer>(d_model, nhead, options));
  }
  register_module("layers", layers);
  if (final_norm) {
    norm.emplace(d_model, LayerNormOptions{.eps = options.layer_norm_eps, .bias = options.bias});
    register_module("norm", *norm);
  }
}

Tensor TransformerDecoder::operator()(const Tensor& tgt, const Tensor& memory,
                                      const AttentionMasks& tgt_masks, const AttentionMasks& memory_masks) {
  return call(std::array{tgt, memory}, [&] {
    Tensor x = tgt;
    for (TransformerDecoderLayer& layer : layers) {
      x = layer(x, memory, tgt_masks, memory_masks);
    }
    return norm ? (*norm)(x) : x;
  });
}

}  // namespace helder
