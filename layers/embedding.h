#pragma once

#include <optional>

#include "layers/module.h"

namespace helder {

struct EmbeddingOptions {
  std::optional<int64_t> padding_idx = {};  ///< a row that begins as zeros and is not trained; -1 is the last
};

/// A vector for each of `num_embeddings` tokens: int64 [...] -> [..., embedding_dim].
/// Parameter: weight [num_embeddings, embedding_dim], standard normal.
class Embedding : public Module {
 public:
  Embedding(int64_t num_embeddings, int64_t embedding_dim, const EmbeddingOptions& options = {});

  Tensor weight;

  Tensor forward(const Tensor& input) override;
  std::string describe() const override;

 private:
  std::optional<int64_t> padding_idx_;  // counted from the front
};

}  // namespace helder
