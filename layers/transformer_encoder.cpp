#include "layers/transformer_encoder.h"

namespace helder {

TransformerEncoderLayer::TransformerEncoderLayer(int64_t d_model, int64_t nhead,
                                                 const TransformerOptions& options)
    : TransformerLayer(d_model, nhead, options) {
  register_modules({{"self_attn", self_attn},
                    {"linear1", linear1},
                    {"dropout", dropout},
                    {"linear2", linear2},
                    {"norm1", norm1},
                    {"norm2", norm2},
                    {"dropout1", dropout1},
                    {"dropout2", dropout2}});
}

Tensor TransformerEncoderLayer::operator()(const Tensor& src, const AttentionMasks& masks) {
  return call({&src, 1}, [&] { return run(src, masks); });
}

Tensor TransformerEncoderLayer::run(const Tensor& src, const AttentionMasks& masks) {
  const Tensor x =
      add_branch(src, norm1, dropout1, [&](const Tensor& t) { return attend_to_itself(t, masks); });
  return add_branch(x, norm2, dropout2, [&](const Tensor& t) { return feed_forward(t); });
}

TransformerEncoder::TransformerEncoder(int64_t d_model, int64_t nhead, int64_t num_layers,
                                       const TransformerOptions& options, bool final_norm) {
  check(num_layers >= 0, "TransformerEncoder: num_layers must not be negative, got {}", num_layers);
  for (int64_t i = 0; i < num_layers; ++i) {
    layers.push_back(make<TransformerEncoderLayer>(d_model, nhead, options));
  }
  register_module("layers", layers);
  if (final_norm) {
    norm.emplace(d_model, LayerNormOptions{.eps = options.layer_norm_eps, .bias = options.bias});
    register_module("norm", *norm);
  }
}

Tensor TransformerEncoder::operator()(const Tensor& src, const AttentionMasks& masks) {
  return call({&src, 1}, [&] { return run(src, masks); });
}

Tensor TransformerEncoder::run(const Tensor& src, const AttentionMasks& masks) {
  Tensor x = src;
  for (TransformerEncoderLayer& layer : layers) {
    x = layer(x, masks);
  }
  return norm ? (*norm)(x) : x;
}

}  // namespace helder
