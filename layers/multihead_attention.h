#pragma once

#include "layers/linear.h"
#include "layers/module.h"

namespace helder {

struct MultiheadAttentionOptions {
  double dropout = 0;  ///< of the weights, while training
  bool bias = true;
  int64_t kdim = 0;          ///< features of the keys; 0: embed_dim
  int64_t vdim = 0;          ///< of the values
  bool batch_first = false;  ///< [N, L, E] instead of [L, N, E]
};

/// What must not be attended to. In a bool mask, **true forbids**, as in PyTorch's MultiheadAttention, and
/// contrary to scaled_dot_product_attention; a floating point one is added to the scores.
struct AttentionMasks {
  Tensor key_padding_mask = {};  ///< [N, S]; [S] without a batch dimension
  Tensor attn_mask = {};         ///< [L, S], or one a head: [N * num_heads, L, S]
  bool is_causal = false;        ///< query i attends to keys 0 .. i only, besides the masks
};

/// Attention in several subspaces at once (Vaswani et al., 2017, section 3.2.2): query [L, N, E], key [S, N,
/// kdim] and value [S, N, vdim] are projected to num_heads times E / num_heads features, each head attends by
/// itself, and the heads' results, side by side, are projected once more, to [L, N, E].
///
///   y = attention(x, x, x)                   a sequence to itself
///   y = attention(x, memory, memory)         to another one
///
/// Parameters: in_proj_weight [3 E, E], the projections of query, key and value on top of each other; where
/// kdim or vdim differ, q_proj_weight [E, E], k_proj_weight [E, kdim] and v_proj_weight [E, vdim] instead;
/// in_proj_bias [3 E]; out_proj.weight [E, E] and out_proj.bias [E]. Initialised as PyTorch's: projections
/// uniform after Glorot, biases 0.
class MultiheadAttention : public Module {
 public:
  MultiheadAttention(int64_t embed_dim, int64_t num_heads, const MultiheadAttentionOptions& options = {});

  Tensor in_proj_weight;                               ///< undefined where there are three
  Tensor q_proj_weight, k_proj_weight, v_proj_weight;  ///< undefined where there is one
  Tensor in_proj_bias;                                 ///< undefined without bias

 private:
  int64_t embed_dim_, num_heads_;
  MultiheadAttentionOptions options_;

 public:
  Linear out_proj;

  /// Without the batch dimension when query has two dimensions. The weights are never stored.
  Tensor operator()(const Tensor& query, const Tensor& key, const Tensor& value,
                    const AttentionMasks& masks = {});

  struct Attended {
    Tensor output;
    Tensor weights;  ///< [N, L, S], the mean of the heads', or [N, num_heads, L, S]
  };
  /// The same, with the weights of every query on every key (`need_weights=True`). They take N * heads * L *
  /// S numbers, and dropout, while training, has passed over them. A query that may attend to nothing gets
  /// NaN here.
  Attended attend(const Tensor& query, const Tensor& key, const Tensor& value,
                  const AttentionMasks& masks = {}, bool average_attn_weights = true);

  std::string describe() const override;

 private:
  struct Heads {
    Tensor q, k, v;  // [N, heads, L or S, E / heads]
  };
  void check_inputs(const Tensor& query, const Tensor& key, const Tensor& value) const;
  Tensor projection_weight(int part) const;
  Tensor split_heads(const Tensor& x, int64_t parts, int64_t part) const;
  Heads project(const Tensor& query, const Tensor& key, const Tensor& value) const;
  Tensor merge_heads(const Tensor& y);
};

}  // namespace helder
