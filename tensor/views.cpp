#include "tensor/views.h"

#include <algorithm>

#include "tensor/copy.h"

namespace helder::views {

Tensor as_strided(const Tensor& x, const Shape& shape, const Shape& strides, int64_t offset) {
  auto impl = std::make_shared<TensorImpl>();
  impl->storage = x.impl()->storage;
  impl->shape = shape;
  impl->strides = strides;
  impl->offset = offset;
  impl->dtype = x.dtype();
  return Tensor(std::move(impl));
}

Shape infer_shape(const char* operation, int64_t numel, const Shape& shape) {
  int inferred = -1;
  for (int d = 0; d < shape.rank(); ++d) {
    if (shape[d] == -1) {
      check(inferred < 0, "{}: only one size may be -1, got {}", operation, shape);
      inferred = d;
    } else {
      check(shape[d] >= 0, "{}: sizes must be -1 or more, got {}", operation, shape);
    }
  }
  Shape given = shape;
  if (inferred >= 0) {
    given[inferred] = 1;
  }
  check_sizes(operation, given);
  const int64_t known = given.numel();
  Shape result = shape;
  if (inferred >= 0) {
    check(known > 0 && numel % known == 0, "{}: {} elements do not fit in shape {}", operation, numel, shape);
    result[inferred] = numel / known;
  }
  check(result.numel() == numel, "{}: {} elements do not fit in shape {}", operation, numel, shape);
  return result;
}

std::optional<Shape> strides_for_view(const Tensor& x, const Shape& shape) {
  if (x.numel() == 0) {
    return contiguous_strides(shape);
  }
  Shape strides = shape;
  // Both shapes are walked from the right in groups of equal size. Within a group, x must be laid out as one
  // run.
  int from = x.rank() - 1;
  int to = shape.rank() - 1;
  while (to >= 0) {
    while (from >= 0 && x.shape()[from] == 1) {
      --from;
    }
    if (shape[to] == 1) {
      strides[to] = 1;
      --to;
      continue;
    }
    const int64_t step = x.strides()[from];
    int64_t have = x.shape()[from];
    int64_t want = 1;
    while (to >= 0 && want < have) {
      strides[to] = step * want;
      want *= shape[to--];
      while (have < want) {
        --from;
        if (from < 0 || (x.shape()[from] != 1 && x.strides()[from] != step * have)) {
          return std::nullopt;
        }
        have *= x.shape()[from];
      }
    }
    --from;
  }
  return strides;
}

Tensor view(const Tensor& x, const Shape& shape) {
  const Shape target = infer_shape("view", x.numel(), shape);
  const auto strides = strides_for_view(x, target);
  check(strides.has_value(),
        "view: shape {} of a tensor of shape {} and strides {} needs a copy; use reshape", target, x.shape(),
        x.strides());
  return as_strided(x, target, *strides, x.impl()->offset);
}

Tensor reshape(const Tensor& x, const Shape& shape) {
  const Shape target = infer_shape("reshape", x.numel(), shape);
  if (const auto strides = strides_for_view(x, target)) {
    return as_strided(x, target, *strides, x.impl()->offset);
  }
  const Tensor dense = contiguous_copy(x);
  return as_strided(dense, target, contiguous_strides(target), dense.impl()->offset);
}

Tensor transpose(const Tensor& x, int64_t dim0, int64_t dim1) {
  const int d0 = normalize_dim("transpose", dim0, x.rank());
  const int d1 = normalize_dim("transpose", dim1, x.rank());
  Shape shape = x.shape();
  Shape strides = x.strides();
  std::swap(shape[d0], shape[d1]);
  std::swap(strides[d0], strides[d1]);
  return as_strided(x, shape, strides, x.impl()->offset);
}

Tensor permute(const Tensor& x, const Shape& dims) {
  check(dims.rank() == x.rank(), "permute: {} names {} dimensions of a tensor of {}", dims, dims.rank(),
        x.rank());
  Shape shape;
  Shape strides;
  std::array<bool, kMaxRank> seen{};
  for (int64_t dim : dims) {
    const int d = normalize_dim("permute", dim, x.rank());
    check(!std::exchange(seen[static_cast<size_t>(d)], true), "permute: dimension {} is named twice in {}",
          dim, dims);
    shape.push_back(x.shape()[d]);
    strides.push_back(x.strides()[d]);
  }
  return as_strided(x, shape, strides, x.impl()->offset);
}

Tensor slice(const Tensor& x, int64_t dim, std::optional<int64_t> start, std::optional<int64_t> end,
             int64_t step) {
  check(x.rank() > 0, "slice: a scalar has no dimension to slice");
  check(step > 0, "slice: step must be positive, got {}", step);
  const int d = normalize_dim("slice", dim, x.rank());
  const int64_t size = x.shape()[d];
  const auto clamp = [&](int64_t bound) {
    return std::clamp<int64_t>(bound < 0 ? bound + size : bound, 0, size);
  };
  const int64_t first = clamp(start.value_or(0));
  const int64_t last = clamp(end.value_or(size));
  Shape shape = x.shape();
  Shape strides = x.strides();
  shape[d] = last > first ? (last - first - 1) / step + 1 : 0;
  strides[d] *= step;
  return as_strided(x, shape, strides, x.impl()->offset + first * x.strides()[d]);
}

Tensor select(const Tensor& x, int64_t dim, int64_t index) {
  check(x.rank() > 0, "select: a scalar has no dimension to select from");
  const int d = normalize_dim("select", dim, x.rank());
  const int64_t size = x.shape()[d];
  check(index >= -size && index < size, "select: index {} is out of range for dimension {} of size {}", index,
        d, size);
  Shape shape = x.shape();
  Shape strides = x.strides();
  const int64_t offset = x.impl()->offset + (index < 0 ? index + size : index) * strides[d];
  shape.erase(d);
  strides.erase(d);
  return as_strided(x, shape, strides, offset);
}

Tensor expand(const Tensor& x, const Shape& shape) {
  const int added = shape.rank() - x.rank();
  check(added >= 0, "expand: shape {} has fewer dimensions than the tensor's {}", shape, x.shape());
  Shape target = shape;
  for (int d = 0; d < shape.rank(); ++d) {
    if (shape[d] == -1) {
      check(d >= added, "expand: -1 keeps a size, but dimension {} of {} is new", d, shape);
      target[d] = x.shape()[d - added];
    }
    check(target[d] >= 0 && (d < added || x.shape()[d - added] == 1 || x.shape()[d - added] == target[d]),
          "expand: a tensor of shape {} does not expand to {}", x.shape(), shape);
  }
  check_sizes("expand", target);
  return as_strided(
      x, target,
      [&] {
        Shape strides;
        for (int d = 0; d < target.rank(); ++d) {
          const bool stretched = d < added || (x.shape()[d - added] == 1 && target[d] != 1);
          strides.push_back(stretched ? 0 : x.strides()[d - added]);
        }
        return strides;
      }(),
      x.impl()->offset);
}

Tensor squeeze(const Tensor& x, std::optional<int64_t> dim) {
  const int only = dim ? normalize_dim("squeeze", *dim, x.rank()) : -1;
  Shape shape;
  Shape strides;
  for (int d = 0; d < x.rank(); ++d) {
    if (x.shape()[d] != 1 || (dim && d != only)) {
      shape.push_back(x.shape()[d]);
      strides.push_back(x.strides()[d]);
    }
  }
  return as_strided(x, shape, strides, x.impl()->offset);
}

Tensor unsqueeze(const Tensor& x, int64_t dim) {
  const int d = normalize_dim("unsqueeze", dim, x.rank() + 1);
  Shape shape = x.shape();
  Shape strides = x.strides();
  shape.insert(d, 1);
  strides.insert(d, 1);
  return as_strided(x, shape, strides, x.impl()->offset);
}

Tensor diagonal(const Tensor& x, int64_t offset, int64_t dim1, int64_t dim2) {
  check(x.rank() >= 2, "diagonal: expected at least 2 dimensions, got shape {}", x.shape());
  const int d1 = normalize_dim("diagonal", dim1, x.rank());
  const int d2 = normalize_dim("diagonal", dim2, x.rank());
  check(d1 != d2, "diagonal: dim1 and dim2 are the same dimension {}", d1);
  const int64_t rows = x.shape()[d1];
  const int64_t columns = x.shape()[d2];
  const int64_t length = offset >= 0 ? std::min(rows, columns - offset) : std::min(rows + offset, columns);
  Shape shape;
  Shape strides;
  for (int d = 0; d < x.rank(); ++d) {
    if (d != d1 && d != d2) {
      shape.push_back(x.shape()[d]);
      strides.push_back(x.strides()[d]);
    }
  }
  shape.push_back(std::max<int64_t>(length, 0));
  strides.push_back(x.strides()[d1] + x.strides()[d2]);
  const int64_t skipped = length <= 0   ? 0
                          : offset >= 0 ? offset * x.strides()[d2]
                                        : -offset * x.strides()[d1];
  return as_strided(x, shape, strides, x.impl()->offset + skipped);
}

}  // namespace helder::views
