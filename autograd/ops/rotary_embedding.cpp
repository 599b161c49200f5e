#include "autograd/ops/rotary_embedding.h"

#include "autograd/node.h"
#include "autograd/ops/cat.h"
#include "autograd/ops/expand.h"
#include "autograd/ops/reshape.h"
#include "autograd/ops/sine_positions.h"
#include "kernels/rotary_embedding/rotary_embedding.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/on_cpu.h"

namespace helder {
namespace {

Tensor rotate(const kernels::RotaryGeometry& geometry, bool inverse, const Tensor& x, const Tensor& cos,
              const Tensor& sin) {
  const Tensor y = empty_like(x);
  visit_floating(x.dtype(), "rotary_embedding", [&]<class T>() {
    if (on_cpu("rotary_embedding", x, cos, sin)) {
      kernels::rotary_embedding_cpu(geometry, inverse, x.data<T>(), cos.data<T>(), sin.data<T>(),
                                    y.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::rotary_embedding_cuda(geometry, inverse, x.cuda_data<T>(), cos.cuda_data<T>(),
                                     sin.cuda_data<T>(), y.cuda_data<T>());
    }
  });
  return y;
}

// y = R x, a rotation of each pair of features.  dx = R^T dy, the rotation back.
struct RotaryEmbeddingNode final : Node {
  RotaryEmbeddingNode() : Node("rotary_embedding") {}
  kernels::RotaryGeometry geometry;
  Saved cos{*this, "cos"}, sin{*this, "sin"};

  std::vector<Tensor> backward(const Tensor& dy) override {
    return {rotate(geometry, true, contiguous_copy(dy), cos, sin)};
  }
};

// Whether `table` is [length, pairs], [1, length, pairs] or [N, length, pairs] for this x.
bool fits(const Tensor& table, const Tensor& x) {
  const bool batched =
      table.rank() == 3 && x.rank() >= 3 && (table.size(0) == 1 || table.size(0) == x.size(0));
  return (table.rank() == 2 || batched) && table.size(-2) == x.size(-2) && 2 * table.size(-1) <= x.size(-1);
}

kernels::RotaryGeometry check_arguments(const Tensor& x, const Tensor& cos, const Tensor& sin,
                                        bool interleaved) {
  check(x.rank() >= 2, "rotary_embedding: expected an input [...,length,features], got {}", x.shape());
  check(cos.shape() == sin.shape(), "rotary_embedding: cos is {} but sin is {}", cos.shape(), sin.shape());
  check(
      fits(cos, x),
      "rotary_embedding: cos and sin must be [{0},pairs] or [{1},{0},pairs] with at most {2} pairs, got {3} "
      "(input {4})",
      x.size(-2), x.size(0), x.size(-1) / 2, cos.shape(), x.shape());
  check(cos.dtype() == x.dtype() && sin.dtype() == x.dtype(),
        "rotary_embedding: the input is {} but cos is {} and sin {}", name_of(x.dtype()),
        name_of(cos.dtype()), name_of(sin.dtype()));
  check(!cos.requires_grad() && !sin.requires_grad(),
        "rotary_embedding: cos and sin are constants, but one requires a gradient");
  const int64_t batch = x.rank() >= 3 ? x.size(0) : 1;
  int64_t heads = 1;
  for (int d = 1; d < x.rank() - 2; ++d) {
    heads *= x.shape()[d];
  }
  return {.batch = batch,
          .heads = heads,
          .length = x.size(-2),
          .features = x.size(-1),
          .tables = cos.rank() == 3 ? cos.size(0) : 1,
          .pairs = cos.size(-1),
          .interleaved = interleaved};
}

}  // namespace

Tensor rotary_embedding(const Tensor& x, const Tensor& cos0, const Tensor& sin0, bool interleaved) {
  const kernels::RotaryGeometry geometry = check_arguments(x, cos0, sin0, interleaved);
  const Tensor cos = contiguous_copy(cos0), sin = contiguous_copy(sin0);
  const Tensor y = rotate(geometry, false, contiguous_copy(x), cos, sin);
  if (auto* node = record<RotaryEmbeddingNode>(y, x)) {
    node->geometry = geometry;
    node->cos = cos;
    node->sin = sin;
  }
  return y;
}

RotaryTable rotary_table(const Tensor& positions, int64_t dim, double theta) {
  check(dim >= 0 && dim % 2 == 0, "rotary_table: dim must be even, got {}", dim);
  const Tensor codes = sine_positions(positions, dim, theta, SineLayout::Halves);  // sines, then cosines
  return {.cos = codes.slice(-1, dim / 2, dim).contiguous(), .sin = codes.slice(-1, 0, dim / 2).contiguous()};
}

RotaryTable rotary_table(int64_t length, int64_t dim, double theta, DType dtype) {
  check(length >= 0, "rotary_table: length must not be negative, got {}", length);
  return rotary_table(arange(0, static_cast<double>(length), 1, dtype), dim, theta);
}

RotaryTable rotary_table_2d(int64_t height, int64_t width, int64_t dim, double theta, DType dtype) {
  check(dim >= 0 && dim % 4 == 0, "rotary_table_2d: dim must be a multiple of 4, got {}", dim);
  check(height >= 0 && width >= 0, "rotary_table_2d: the grid's sizes must not be negative, got {}x{}",
        height, width);
  const RotaryTable columns = rotary_table(width, dim / 2, theta, dtype);
  const RotaryTable rows = rotary_table(height, dim / 2, theta, dtype);
  const auto on_grid = [&](const Tensor& of_column, const Tensor& of_row) {
    const Shape grid = {height, width, dim / 4};
    return reshape(cat({expand(of_column.unsqueeze(0), grid), expand(of_row.unsqueeze(1), grid)}, 2),
                   {height * width, dim / 2});
  };
  return {.cos = on_grid(columns.cos, rows.cos), .sin = on_grid(columns.sin, rows.sin)};
}

}  // namespace helder
