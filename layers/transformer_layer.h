#pragma once

#include <string>

#include "autograd/ops/add.h"
#include "layers/dropout.h"
#include "layers/layer_norm.h"
#include "layers/linear.h"
#include "layers/multihead_attention.h"

namespace helder {

struct TransformerOptions {
  int64_t dim_feedforward = 2048;
  double dropout = 0.1;             ///< of attention's weights, inside the feed-forward, and of what is added
  std::string activation = "relu";  ///< or "gelu"
  double layer_norm_eps = 1e-5;
  bool batch_first = false;  ///< [N, L, E] instead of [L, N, E]
  bool norm_first = false;   ///< x + f(norm(x)) instead of norm(x + f(x))
  bool bias = true;
};

/// What encoder and decoder layers share: attention of a sequence to itself, and a feed-forward of two linear
/// layers that takes each position by itself. Each is added to what went in (Vaswani et al., 2017), with
/// layer norm behind the sum, or, when `norm_first`, before the branch (Xiong et al., "On layer normalization
/// in the transformer architecture", 2020: trains without warm-up).
class TransformerLayer : public Module {
 protected:
  TransformerOptions options_;

 public:
  MultiheadAttention self_attn;
  Linear linear1;
  Dropout dropout;
  Linear linear2;
  LayerNorm norm1, norm2;
  Dropout dropout1, dropout2;

 protected:
  TransformerLayer(int64_t d_model, int64_t nhead, const TransformerOptions& options);

  MultiheadAttentionOptions attention_options() const;
  LayerNormOptions norm_options() const;
  Tensor attend_to_itself(const Tensor& x, const AttentionMasks& masks);
  Tensor feed_forward(const Tensor& x);

  /// x + branch(x), with the norm in its place.
  template <class Branch>
  Tensor add_branch(const Tensor& x, LayerNorm& norm, Dropout& dropout_of_branch, const Branch& branch) {
    return options_.norm_first ? add(x, dropout_of_branch(branch(norm(x))))
                               : norm(add(x, dropout_of_branch(branch(x))));
  }
};

}  // namespace helder
