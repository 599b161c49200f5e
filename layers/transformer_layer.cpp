#include "layers/transformer_layer.h"

#include "autograd/ops/gelu.h"
#include "autograd/ops/relu.h"

namespace helder {

TransformerLayer::TransformerLayer(int64_t d_model, int64_t nhead, const TransformerOptions& options)
    : options_(options),
      self_attn(d_model, nhead, attention_options()),
      linear1(d_model, options.dim_feedforward, {.bias = options.bias}),
      dropout(options.dropout),
      linear2(options.dim_feedforward, d_model, {.bias = options.bias}),
      norm1(d_model, norm_options()),
      norm2(d_model, norm_options()),
      dropout1(options.dropout),
      dropout2(options.dropout) {
  check(options.activation == "relu" || options.activation == "gelu",
        "TransformerLayer: the activation must be relu or gelu, got '{}'", options.activation);
}

MultiheadAttentionOptions TransformerLayer::attention_options() const {
  return {.dropout = options_.dropout, .bias = options_.bias, .batch_first = options_.batch_first};
}

LayerNormOptions TransformerLayer::norm_options() const {
  return {.eps = options_.layer_norm_eps, .bias = options_.bias};
}

Tensor TransformerLayer::attend_to_itself(const Tensor& x, const AttentionMasks& masks) {
  return self_attn(x, x, x, masks);
}

Tensor TransformerLayer::feed_forward(const Tensor& x) {
  const Tensor hidden = linear1(x);
  return linear2(dropout(options_.activation == "relu" ? relu(hidden) : gelu(hidden)));
}

}  // namespace helder
