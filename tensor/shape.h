#pragma once

#include <fmt/core.h>

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>

#include "tensor/error.h"

namespace helder {

/// The most dimensions that a tensor has. A fixed bound keeps shapes inside the tensor: no allocation, and a
/// debugger shows them.
inline constexpr int kMaxRank = 8;

/// A short list of int64: the sizes of a tensor's dimensions, or its strides, or a list of dimensions.
class Shape {
 public:
  Shape() = default;
  Shape(std::initializer_list<int64_t> sizes) : Shape(std::span(sizes.begin(), sizes.size())) {}
  explicit Shape(std::span<const int64_t> sizes) {
    for (int64_t size : sizes) {
      push_back(size);
    }
  }

  int rank() const { return rank_; }
  bool empty() const { return rank_ == 0; }

  int64_t operator[](int i) const { return sizes_[static_cast<size_t>(i)]; }
  int64_t& operator[](int i) { return sizes_[static_cast<size_t>(i)]; }
  int64_t front() const { return sizes_[0]; }
  int64_t back() const { return sizes_[static_cast<size_t>(rank_ - 1)]; }

  const int64_t* begin() const { return sizes_.data(); }
  const int64_t* end() const { return sizes_.data() + rank_; }

  void push_back(int64_t size) {
    check(rank_ < kMaxRank, "shape: more than {} dimensions are not supported", kMaxRank);
    sizes_[static_cast<size_t>(rank_++)] = size;
  }
  void insert(int position, int64_t size);
  void erase(int position);

  /// The product of all sizes; 1 for a scalar's empty shape.
  int64_t numel() const {
    int64_t product = 1;
    for (int64_t size : *this) {
      product *= size;
    }
    return product;
  }

  /// `[8,3,32,32]`.
  std::string str() const;

  bool operator==(const Shape& other) const {
    if (rank_ != other.rank_) {
      return false;
    }
    for (int i = 0; i < rank_; ++i) {
      if ((*this)[i] != other[i]) {
        return false;
      }
    }
    return true;
  }

 private:
  int rank_ = 0;
  std::array<int64_t, kMaxRank> sizes_{};
};

/// Row-major strides, in elements: the last dimension is 1.
Shape contiguous_strides(const Shape& shape);

/// The shape that both broadcast to, by NumPy's rule: sizes are aligned at the right, and 1 stretches.
/// Throws, naming `operation`, where two sizes differ and neither is 1.
Shape broadcast_shapes(const char* operation, const Shape& a, const Shape& b);

/// Turns a dimension that counts from the end (-1 is the last) into one from the front. Throws when outside
/// [-rank, rank).
int normalize_dim(const char* operation, int64_t dim, int rank);

/// Throws unless every size is >= 0 and the product fits in int64.
void check_sizes(const char* operation, const Shape& shape);

}  // namespace helder

/// Shapes go into messages as they are, `check(..., "got {}", x.shape())`: text is only made when it is
/// needed.
template <>
struct fmt::formatter<helder::Shape> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  auto format(const helder::Shape& shape, fmt::format_context& context) const
      -> fmt::format_context::iterator;
};
