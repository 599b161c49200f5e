#include "layers/embedding.h"

#include "autograd/grad_mode.h"
#include "autograd/ops/embedding.h"
#include "layers/init.h"
#include "tensor/factories.h"

namespace helder {

Embedding::Embedding(int64_t num_embeddings, int64_t embedding_dim, const EmbeddingOptions& options)
    : padding_idx_(options.padding_idx) {
  check(num_embeddings >= 0 && embedding_dim >= 0, "Embedding: sizes must not be negative, got {} and {}",
        num_embeddings, embedding_dim);
  weight = register_parameter("weight", empty({num_embeddings, embedding_dim}));
  init::normal_(weight);
  if (padding_idx_) {
    check(*padding_idx_ >= -num_embeddings && *padding_idx_ < num_embeddings,
          "Embedding: padding_idx {} is out of range for {} embeddings", *padding_idx_, num_embeddings);
    padding_idx_ = *padding_idx_ < 0 ? *padding_idx_ + num_embeddings : *padding_idx_;
    NoGrad guard;
    weight.select(0, *padding_idx_).zero_();
  }
}

Tensor Embedding::forward(const Tensor& input) { return embedding(input, weight, padding_idx_); }

std::string Embedding::describe() const {
  const std::string padding = padding_idx_ ? fmt::format(", padding_idx={}", *padding_idx_) : "";
  return fmt::format("Embedding({}, {}{})", weight.size(0), weight.size(1), padding);
}

}  // namespace helder
