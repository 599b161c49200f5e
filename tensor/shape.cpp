#include "tensor/shape.h"

#include <algorithm>
#include <limits>

namespace helder {

void Shape::insert(int position, int64_t size) {
  push_back(size);
  std::rotate(sizes_.begin() + position, sizes_.begin() + rank_ - 1, sizes_.begin() + rank_);
}

void Shape::erase(int position) {
  std::rotate(sizes_.begin() + position, sizes_.begin() + position + 1, sizes_.begin() + rank_);
  sizes_[static_cast<size_t>(--rank_)] = 0;
}

std::string Shape::str() const {
  std::string text = "[";
  for (int i = 0; i < rank_; ++i) {
    text += (i ? "," : "") + std::to_string((*this)[i]);
  }
  return text + "]";
}

Shape contiguous_strides(const Shape& shape) {
  Shape strides = shape;
  int64_t stride = 1;
  for (int i = shape.rank() - 1; i >= 0; --i) {
    strides[i] = stride;
    stride *= std::max<int64_t>(shape[i], 1);
  }
  return strides;
}

Shape broadcast_shapes(const char* operation, const Shape& a, const Shape& b) {
  const int rank = std::max(a.rank(), b.rank());
  Shape result;
  for (int i = 0; i < rank; ++i) {
    const int in_a = i - (rank - a.rank());
    const int in_b = i - (rank - b.rank());
    const int64_t size_a = in_a < 0 ? 1 : a[in_a];
    const int64_t size_b = in_b < 0 ? 1 : b[in_b];
    check(size_a == size_b || size_a == 1 || size_b == 1,
          "{}: shapes {} and {} do not broadcast ({} against {})", operation, a, b, size_a, size_b);
    result.push_back(size_a == 1 ? size_b : size_a);
  }
  check_sizes(operation, result);
  return result;
}

int normalize_dim(const char* operation, int64_t dim, int rank) {
  const int bound = std::max(rank, 1);  // a scalar takes dim 0 and -1, as in PyTorch
  check(dim >= -bound && dim < bound,
        "{}: dimension {} is out of range for a tensor of {} dimensions (expected {} to {})", operation, dim,
        rank, -bound, bound - 1);
  return static_cast<int>(dim < 0 ? dim + bound : dim);
}

void check_sizes(const char* operation, const Shape& shape) {
  int64_t product = 1;
  for (int64_t size : shape) {
    check(size >= 0, "{}: sizes must not be negative, got {}", operation, shape);
    check(size == 0 || product <= std::numeric_limits<int64_t>::max() / 16 / size,
          "{}: a tensor of shape {} is too large to address", operation, shape);
    product *= std::max<int64_t>(size, 1);
  }
}

}  // namespace helder

auto fmt::formatter<helder::Shape>::format(const helder::Shape& shape, fmt::format_context& context) const
    -> fmt::format_context::iterator {
  // std::copy and not fmt::format_to: clang++ and a libfmt that g++ built disagree on that one's symbol.
  const std::string text = shape.str();
  return std::copy(text.begin(), text.end(), context.out());
}
