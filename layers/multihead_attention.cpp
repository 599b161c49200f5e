#include "layers/multihead_attention.h"

#include <array>
#include <cmath>
#include <limits>

#include "autograd/ops/add.h"
#include "autograd/ops/dropout.h"
#include "autograd/ops/linear.h"
#include "autograd/ops/logical.h"
#include "autograd/ops/masked_fill.h"
#include "autograd/ops/matmul.h"
#include "autograd/ops/mean.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/permute.h"
#include "autograd/ops/reshape.h"
#include "autograd/ops/scaled_dot_product_attention.h"
#include "autograd/ops/select.h"
#include "autograd/ops/slice.h"
#include "autograd/ops/softmax.h"
#include "autograd/ops/squeeze.h"
#include "autograd/ops/transpose.h"
#include "layers/attention_masks.h"
#include "layers/init.h"
#include "tensor/factories.h"

namespace helder {
namespace {

constexpr const char* kName = "MultiheadAttention";

bool same_tensor(const Tensor& a, const Tensor& b) { return a.impl() == b.impl(); }

// Adds the batch dimension where it is missing, and takes it away again.
struct Batched {
  Tensor query, key, value;
  AttentionMasks masks;
  int64_t dim;  // the batch dimension's place, or -1 where it was there

  Batched(const Tensor& q, const Tensor& k, const Tensor& v, const AttentionMasks& given, bool batch_first)
      : query(q),
        key(k),
        value(v),
        masks(given),
        dim(q.rank() != 2 ? -1
            : batch_first ? 0
                          : 1) {
    if (dim >= 0) {
      query = unsqueeze(q, dim);
      key = same_tensor(k, q) ? query : unsqueeze(k, dim);
      value = same_tensor(v, q) ? query : same_tensor(v, k) ? key : unsqueeze(v, dim);
      if (masks.key_padding_mask.defined() && masks.key_padding_mask.rank() == 1) {
        masks.key_padding_mask = unsqueeze(masks.key_padding_mask, 0);
      }
    }
  }
  Tensor undo(const Tensor& y) const { return dim >= 0 ? squeeze(y, dim) : y; }
};

}  // namespace

MultiheadAttention::MultiheadAttention(int64_t embed_dim, int64_t num_heads,
                                       const MultiheadAttentionOptions& options)
    : embed_dim_(embed_dim),
      num_heads_(num_heads),
      options_(options),
      out_proj(embed_dim, embed_dim, {.bias = options.bias}) {
  check(embed_dim > 0 && num_heads > 0 && embed_dim % num_heads == 0,
        "{}: embed_dim must be a multiple of num_heads, got {} and {}", kName, embed_dim, num_heads);
  check(options.kdim >= 0 && options.vdim >= 0, "{}: kdim and vdim must not be negative, got {} and {}",
        kName, options.kdim, options.vdim);
  check(options.dropout >= 0 && options.dropout <= 1, "{}: dropout must lie in [0, 1], got {}", kName,
        options.dropout);
  options_.kdim = options.kdim ? options.kdim : embed_dim;
  options_.vdim = options.vdim ? options.vdim : embed_dim;
  if (options_.kdim == embed_dim && options_.vdim == embed_dim) {
    in_proj_weight = register_parameter("in_proj_weight", empty({3 * embed_dim, embed_dim}));
    init::xavier_uniform_(in_proj_weight);
  } else {
    q_proj_weight = register_parameter("q_proj_weight", empty({embed_dim, embed_dim}));
    k_proj_weight = register_parameter("k_proj_weight", empty({embed_dim, options_.kdim}));
    v_proj_weight = register_parameter("v_proj_weight", empty({embed_dim, options_.vdim}));
    for (Tensor* weight : {&q_proj_weight, &k_proj_weight, &v_proj_weight}) {
      init::xavier_uniform_(*weight);
    }
  }
  if (options_.bias) {
    in_proj_bias = register_parameter("in_proj_bias", empty({3 * embed_dim}));
    init::zeros_(in_proj_bias);
    init::zeros_(out_proj.bias);
  }
  register_module("out_proj", out_proj);
}

void MultiheadAttention::check_inputs(const Tensor& query, const Tensor& key, const Tensor& value) const {
  const auto shapes = [&] {
    return fmt::format("query {}, key {}, value {}", query.shape().str(), key.shape().str(),
                       value.shape().str());
  };
  check(
      (query.rank() == 2 || query.rank() == 3) && key.rank() == query.rank() && value.rank() == query.rank(),
      "{}: expected three times {} or, without a batch, [length,features], got {}", kName,
      options_.batch_first ? "[batch,length,features]" : "[length,batch,features]", shapes());
  check(query.size(-1) == embed_dim_ && key.size(-1) == options_.kdim && value.size(-1) == options_.vdim,
        "{}: expected {}, {} and {} features, got {}", kName, embed_dim_, options_.kdim, options_.vdim,
        shapes());
  const int batch = options_.batch_first ? 0 : 1, length = 1 - batch;
  check(query.rank() == 2 || (key.size(batch) == query.size(batch) && value.size(batch) == query.size(batch)),
        "{}: batches differ in size ({})", kName, shapes());
  const int d = query.rank() == 2 ? 0 : length;
  check(key.size(d) == value.size(d), "{}: there are {} keys but {} values ({})", kName, key.size(d),
        value.size(d), shapes());
}

Tensor MultiheadAttention::projection_weight(int part) const {
  if (!in_proj_weight.defined()) {
    return part == 0 ? q_proj_weight : part == 1 ? k_proj_weight : v_proj_weight;
  }
  return slice(in_proj_weight, 0, part * embed_dim_, (part + 1) * embed_dim_);
}

// x, the projections of [batch and length in either order, parts * E] -> one part's heads, [N, heads, length,
// E / heads]. Nothing is copied.
Tensor MultiheadAttention::split_heads(const Tensor& x, int64_t parts, int64_t part) const {
  const Tensor all = reshape(x, {x.size(0), x.size(1), parts, num_heads_, embed_dim_ / num_heads_});
  const Tensor one = select(all, 2, part);
  return options_.batch_first ? permute(one, {0, 2, 1, 3}) : permute(one, {1, 2, 0, 3});
}

MultiheadAttention::Heads MultiheadAttention::project(const Tensor& query, const Tensor& key,
                                                      const Tensor& value) const {
  if (in_proj_weight.defined() && same_tensor(query, key) && same_tensor(key, value)) {
    const Tensor x = linear(query, in_proj_weight, in_proj_bias);
    return {split_heads(x, 3, 0), split_heads(x, 3, 1), split_heads(x, 3, 2)};
  }
  const auto one = [&](const Tensor& x, int part) {
    const Tensor bias = in_proj_bias.defined()
                            ? slice(in_proj_bias, 0, part * embed_dim_, (part + 1) * embed_dim_)
                            : Tensor();
    return split_heads(linear(x, projection_weight(part), bias), 1, 0);
  };
  return {one(query, 0), one(key, 1), one(value, 2)};
}

Tensor MultiheadAttention::merge_heads(const Tensor& y) {
  const Tensor lengths = options_.batch_first ? permute(y, {0, 2, 1, 3}) : permute(y, {2, 0, 1, 3});
  return out_proj(reshape(lengths, {lengths.size(0), lengths.size(1), embed_dim_}));
}

Tensor MultiheadAttention::operator()(const Tensor& query, const Tensor& key, const Tensor& value,
                                      const AttentionMasks& masks) {
  return call(std::array{query, key, value}, [&] {
    check_inputs(query, key, value);
    const Batched in(query, key, value, masks, options_.batch_first);
    const Heads heads = project(in.query, in.key, in.value);
    const Tensor mask = merge_masks(in.masks, heads.q.size(0), num_heads_, heads.q.size(2), heads.k.size(2),
                                    query.dtype(), query.device(), false);
    return in.undo(
        merge_heads(scaled_dot_product_attention(heads.q, heads.k, heads.v,
                                                 {.attn_mask = mask,
                                                  .dropout_p = is_training() ? options_.dropout : 0,
                                                  .is_causal = masks.is_causal && !mask.defined()})));
  });
}

MultiheadAttention::Attended MultiheadAttention::attend(const Tensor& query, const Tensor& key,
                                                        const Tensor& value, const AttentionMasks& masks,
                                                        bool average_attn_weights) {
  Attended result;
  result.output = call(std::array{query, key, value}, [&] {
    check_inputs(query, key, value);
    const Batched in(query, key, value, masks, options_.batch_first);
    const Heads heads = project(in.query, in.key, in.value);
    const Tensor mask = merge_masks(in.masks, heads.q.size(0), num_heads_, heads.q.size(2), heads.k.size(2),
                                    query.dtype(), query.device(), true);
    const double scale = 1 / std::sqrt(static_cast<double>(heads.q.size(-1)));
    Tensor scores = matmul(mul(heads.q, scale), transpose(heads.k, -2, -1));
    if (mask.defined()) {
      scores = mask.dtype() == DType::Bool
                   ? masked_fill(scores, logical_not(mask), -std::numeric_limits<double>::infinity())
                   : add(scores, mask);
    }
    const Tensor weights = dropout(softmax(scores, -1), options_.dropout, is_training());
    result.weights = average_attn_weights ? mean(weights, {1}) : weights;
    if (in.dim >= 0) {
      result.weights = squeeze(result.weights, 0);
    }
    return in.undo(merge_heads(matmul(weights, heads.v)));
  });
  return result;
}

std::string MultiheadAttention::describe() const {
  return fmt::format("MultiheadAttention({}, {}{}{}{}{}{})", embed_dim_, num_heads_,
                     options_.dropout > 0 ? fmt::format(", dropout={}", options_.dropout) : "",
                     options_.bias ? "" : ", bias=false",
                     options_.kdim != embed_dim_ ? fmt::format(", kdim={}", options_.kdim) : "",
                     options_.vdim != embed_dim_ ? fmt::format(", vdim={}", options_.vdim) : "",
                     options_.batch_first ? ", batch_first=true" : "");
}

}  // namespace helder
