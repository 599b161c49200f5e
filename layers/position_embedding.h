#pragma once

#include <array>

#include "autograd/ops/sine_positions.h"
#include "layers/embedding.h"

// A map of codes for the pixels of a feature map, to be added to it: DETR's two, with its names (Carion et
// al., "End-to-end object detection with transformers", 2020).

namespace helder {

/// Fixed codes of sines and cosines: [N, C, H, W] -> [N, 2 num_pos_feats, H, W], of which only the size and
/// the type of the input count. A second input, a bool mask [N, H, W], is true at pixels that are padding:
/// positions then count the others.
class PositionEmbeddingSine : public Module {
 public:
  explicit PositionEmbeddingSine(int64_t num_pos_feats = 64, const SinePositions2dOptions& options = {});

  using Module::operator();
  Tensor operator()(const Tensor& x, const Tensor& mask) {
    return call(std::array{x, mask}, [&] { return forward(x, mask); });
  }

  Tensor forward(const Tensor& x) override;
  Tensor forward(const Tensor& x, const Tensor& mask);
  std::string describe() const override;

 private:
  int64_t num_pos_feats_;
  SinePositions2dOptions options_;
};

/// Learned codes, one for each column and one for each row: [N, C, H, W] -> [N, 2 num_pos_feats, H, W], first
/// the column's. Parameters: row_embed.weight, col_embed.weight [max_size, num_pos_feats], uniform in [0, 1)
/// at first.
class PositionEmbeddingLearned : public Module {
 public:
  explicit PositionEmbeddingLearned(int64_t num_pos_feats = 256, int64_t max_size = 50);

  Embedding row_embed, col_embed;

  Tensor forward(const Tensor& x) override;
  std::string describe() const override { return "PositionEmbeddingLearned"; }
};

}  // namespace helder
