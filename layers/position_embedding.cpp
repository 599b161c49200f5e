#include "layers/position_embedding.h"

#include "autograd/ops/cat.h"
#include "autograd/ops/expand.h"
#include "autograd/ops/permute.h"
#include "layers/init.h"
#include "tensor/factories.h"

namespace helder {

PositionEmbeddingSine::PositionEmbeddingSine(int64_t num_pos_feats, const SinePositions2dOptions& options)
    : num_pos_feats_(num_pos_feats), options_(options) {
  check(num_pos_feats >= 0 && num_pos_feats % 2 == 0,
        "PositionEmbeddingSine: num_pos_feats must be even, got {}", num_pos_feats);
  check(options.normalize || !options.scale,
        "PositionEmbeddingSine: scale is for positions that are normalized");
}

Tensor PositionEmbeddingSine::forward(const Tensor& x) {
  check(x.rank() == 4, "PositionEmbeddingSine: expected [N,C,H,W], got {}", x.shape());
  const Tensor no_mask = zeros({1, x.size(2), x.size(3)}, DType::Bool, x.device());
  return expand(sine_positions_2d(no_mask, num_pos_feats_, options_, x.dtype()), {x.size(0), -1, -1, -1});
}

Tensor PositionEmbeddingSine::forward(const Tensor& x, const Tensor& mask) {
  check(x.rank() == 4, "PositionEmbeddingSine: expected [N,C,H,W], got {}", x.shape());
  check(mask.shape() == Shape{x.size(0), x.size(2), x.size(3)},
        "PositionEmbeddingSine: mask is {}, which does not fit the input {}", mask.shape(), x.shape());
  return sine_positions_2d(mask, num_pos_feats_, options_, x.dtype());
}

std::string PositionEmbeddingSine::describe() const {
  return fmt::format("PositionEmbeddingSine({}{})", num_pos_feats_,
                     options_.normalize ? ", normalize=true" : "");
}

PositionEmbeddingLearned::PositionEmbeddingLearned(int64_t num_pos_feats, int64_t max_size)
    : row_embed(max_size, num_pos_feats), col_embed(max_size, num_pos_feats) {
  for (Embedding* table : {&row_embed, &col_embed}) {
    init::uniform_(table->weight);
  }
  register_modules({{"row_embed", row_embed}, {"col_embed", col_embed}});
}

Tensor PositionEmbeddingLearned::forward(const Tensor& x) {
  const int64_t most = row_embed.weight.size(0), feats = row_embed.weight.size(1);
  check(x.rank() == 4, "PositionEmbeddingLearned: expected [N,C,H,W], got {}", x.shape());
  const int64_t height = x.size(2), width = x.size(3);
  check(height <= most && width <= most,
        "PositionEmbeddingLearned: there are codes for {0}x{0} pixels (input {1})", most, x.shape());
  const Tensor columns = col_embed.weight.slice(0, 0, width).unsqueeze(0).expand({height, width, feats});
  const Tensor rows = row_embed.weight.slice(0, 0, height).unsqueeze(1).expand({height, width, feats});
  return cat({columns, rows}, 2)
      .permute({2, 0, 1})
      .unsqueeze(0)
      .expand({x.size(0), 2 * feats, height, width});
}

}  // namespace helder
