#include "autograd/ops/repeat.h"

#include <algorithm>

#include "autograd/node.h"
#include "autograd/ops/expand.h"
#include "autograd/ops/index_select.h"
#include "autograd/ops/reshape.h"
#include "autograd/ops/sum.h"
#include "kernels/indexing/indexing.h"
#include "tensor/copy.h"
#include "tensor/factories.h"
#include "tensor/views.h"

namespace helder {
namespace {

constexpr int64_t kMostElements = int64_t{1} << 59;  // more cannot be addressed in any type

// y = x at the origin, copied until y is full: each copy along a dimension doubles what there is.
// dx = the sum of dy over the tiles.
struct RepeatNode final : Node {
  RepeatNode() : Node("repeat") {}
  Shape padded;  // x's shape with ones in front

  std::vector<Tensor> backward(const Tensor& dy) override {
    Tensor dx = dy;
    for (int d = 0; d < padded.rank(); ++d) {
      const int64_t tile = padded[d], size = dx.shape()[d];
      if (size != tile) {
        const auto g = kernels::index_geometry(dx.shape(), d, 0);
        Shape shape = dx.shape();
        shape[d] = tile;
        const Tensor tiles = reshape(dx, {g.outer, tile == 0 ? 0 : size / tile, tile, g.inner});
        dx = reshape(sum(tiles, {1}), shape);
      }
    }
    return {reshape(dx, input_shape(0))};
  }
};

}  // namespace

Tensor repeat(const Tensor& x, const Shape& repeats) {
  check(repeats.rank() >= x.rank(), "repeat: {} has fewer numbers than the input {} has dimensions", repeats,
        x.shape());
  Shape padded = x.shape();
  while (padded.rank() < repeats.rank()) {
    padded.insert(0, 1);
  }
  Shape shape = padded;
  for (int d = 0; d < shape.rank(); ++d) {
    check(repeats[d] >= 0, "repeat: numbers must not be negative, got {}", repeats);
    check(padded[d] == 0 || repeats[d] <= kMostElements / padded[d],
          "repeat: a tensor of shape {}, repeated {} times, is too large to address", x.shape(), repeats);
    shape[d] *= repeats[d];
  }

  Tensor y = empty(shape, x.dtype(), x.device());
  if (y.numel() > 0) {
    Tensor filled = y;
    for (int d = 0; d < shape.rank(); ++d) {
      filled = views::slice(filled, d, 0, padded[d]);
    }
    copy_elements(filled, views::reshape(x.detach(), padded));
    for (int d = shape.rank() - 1; d >= 0; --d) {
      Tensor row = y;  // y, but in the dimensions before d only the first tile
      for (int e = 0; e < d; ++e) {
        row = views::slice(row, e, 0, padded[e]);
      }
      for (int64_t have = padded[d]; have < shape[d];) {
        const int64_t more = std::min(have, shape[d] - have);
        copy_elements(views::slice(row, d, have, have + more), views::slice(row, d, 0, more));
        have += more;
      }
    }
  }
  if (auto* node = record<RepeatNode>(y, x)) {
    node->padded = padded;
  }
  return y;
}

Tensor repeat_interleave(const Tensor& x, int64_t repeats, std::optional<int64_t> dim) {
  check(repeats >= 0, "repeat_interleave: repeats must not be negative, got {}", repeats);
  if (!dim || x.rank() == 0) {
    return repeat_interleave(reshape(x, {x.numel()}), repeats, 0);
  }
  const int d = normalize_dim("repeat_interleave", *dim, x.rank());
  const auto g = kernels::index_geometry(x.shape(), d, 0);
  check_sizes("repeat_interleave", {g.outer, g.size, repeats, g.inner});
  Shape shape = x.shape();
  shape[d] *= repeats;
  const Tensor apart = reshape(x, {g.outer, g.size, 1, g.inner});
  return reshape(expand(apart, {g.outer, g.size, repeats, g.inner}), shape);
}

Tensor repeat_interleave(const Tensor& x, const Tensor& repeats, std::optional<int64_t> dim) {
  if (!dim || x.rank() == 0) {
    return repeat_interleave(reshape(x, {x.numel()}), repeats, 0);
  }
  const int d = normalize_dim("repeat_interleave", *dim, x.rank());
  check(repeats.dtype() == DType::Int64 && repeats.shape() == Shape{x.shape()[d]},
        "repeat_interleave: repeats must be int64 [{}] for dimension {} of the input {}, got {} {}",
        x.shape()[d], d, x.shape(), name_of(repeats.dtype()), repeats.shape());
  const std::vector<int64_t> counts = repeats.to_vector<int64_t>();
  int64_t total = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    check(counts[i] >= 0, "repeat_interleave: repeats must not be negative, got {} at position {}", counts[i],
          i);
    check(counts[i] <= kMostElements - total,
          "repeat_interleave: the result is too large to address, with {} repeats at position {}", counts[i],
          i);
    total += counts[i];
  }
  const Tensor from = empty({total}, DType::Int64);
  int64_t* next = from.data<int64_t>();
  for (size_t i = 0; i < counts.size(); ++i) {
    next = std::fill_n(next, counts[i], static_cast<int64_t>(i));
  }
  return index_select(x, d, copied_to(from, x.device()));
}

}  // namespace helder
