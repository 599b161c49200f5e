#pragma once

#include <optional>

#include "tensor/tensor.h"

/// Views: other shapes and strides on the same storage. Nothing here is recorded for autograd; the
/// differentiable ops of the same names (autograd/ops/) are made of these. All follow PyTorch's rules and
/// throw `Error` on a dimension or index out of range.
namespace helder::views {

/// The primitive under all others. `offset` is in elements, from the start of the storage.
Tensor as_strided(const Tensor& x, const Shape& shape, const Shape& strides, int64_t offset);

/// `shape` with its one -1 replaced by what `numel` leaves for it.
Shape infer_shape(const char* operation, int64_t numel, const Shape& shape);

/// The strides that show `x` as `shape` without a copy, if there are any.
std::optional<Shape> strides_for_view(const Tensor& x, const Shape& shape);

/// Throws where a copy would be needed.
Tensor view(const Tensor& x, const Shape& shape);
/// Copies where it is needed.
Tensor reshape(const Tensor& x, const Shape& shape);
Tensor transpose(const Tensor& x, int64_t dim0, int64_t dim1);
Tensor permute(const Tensor& x, const Shape& dims);
/// Elements start, start + step, ... below end of one dimension. Bounds are clamped as Python's are; step >
/// 0.
Tensor slice(const Tensor& x, int64_t dim, std::optional<int64_t> start, std::optional<int64_t> end,
             int64_t step = 1);
Tensor select(const Tensor& x, int64_t dim, int64_t index);
/// Sizes of 1 stretch without memory (stride 0); -1 keeps a size.
Tensor expand(const Tensor& x, const Shape& shape);
Tensor squeeze(const Tensor& x, std::optional<int64_t> dim = {});
Tensor unsqueeze(const Tensor& x, int64_t dim);
/// The diagonal of dim1 and dim2, as the last dimension.
Tensor diagonal(const Tensor& x, int64_t offset = 0, int64_t dim1 = 0, int64_t dim2 = 1);

}  // namespace helder::views
