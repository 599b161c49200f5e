#pragma once

#include <array>

#include "tensor/parallel.h"
#include "tensor/shape.h"

namespace helder {

/// Walks N strided operands of one (broadcast) shape together, in row-major order.
///
/// Dimensions of size 1 are dropped and neighbours that every operand lays out as one are merged, so that
/// contiguous operands become a single run and a bias added to a matrix becomes two dimensions. `run` then
/// calls
///
///   body(offsets, count)
///
/// for runs along the innermost dimension: element j of operand i is at offsets[i] + j * inner_stride(i).
template <int N>
class StridedLoop {
 public:
  using Offsets = std::array<int64_t, N>;

  /// All operands are contiguous: one run.
  explicit StridedLoop(int64_t numel) : numel_(numel), sizes_{numel} { strides_.fill({1}); }

  StridedLoop(const Shape& shape, const std::array<Shape, N>& strides) : numel_(shape.numel()) {
    for (int d = 0; d < shape.rank(); ++d) {
      if (shape[d] == 1) {
        continue;
      }
      if (sizes_.rank() > 0 && merges(d, shape[d], strides)) {
        sizes_[sizes_.rank() - 1] *= shape[d];
        for (size_t i = 0; i < N; ++i) {
          strides_[i][sizes_.rank() - 1] = strides[i][d];
        }
      } else {
        sizes_.push_back(shape[d]);
        for (size_t i = 0; i < N; ++i) {
          strides_[i].push_back(strides[i][d]);
        }
      }
    }
    if (sizes_.empty()) {  // a single element
      sizes_.push_back(1);
      for (Shape& s : strides_) {
        s.push_back(1);
      }
    }
  }

  int64_t numel() const { return numel_; }
  /// What is left of the shape after dropping and merging, and the operand's strides in it.
  const Shape& sizes() const { return sizes_; }
  const Shape& strides(int operand) const { return strides_[static_cast<size_t>(operand)]; }
  int64_t inner_stride(int operand) const { return strides_[static_cast<size_t>(operand)].back(); }

  /// Whether all operands are one run with stride 1.
  bool is_flat() const {
    bool flat = sizes_.rank() == 1;
    for (const Shape& s : strides_) {
      flat = flat && s.back() == 1;
    }
    return flat;
  }

  template <class Body>
  void run(Body&& body) const {
    parallel_for(numel_, kElementGrain, [&](int64_t begin, int64_t end) {
      if (sizes_.rank() == 1) {
        Offsets offsets;
        for (size_t i = 0; i < N; ++i) {
          offsets[i] = begin * strides_[i].front();
        }
        body(offsets, end - begin);
        return;
      }
      const int last = sizes_.rank() - 1;
      Shape index = sizes_;  // where `begin` is
      Offsets offsets{};
      for (int64_t rest = begin, d = last; d >= 0; --d) {
        const int dim = static_cast<int>(d);
        index[dim] = rest % sizes_[dim];
        rest /= sizes_[dim];
        for (size_t i = 0; i < N; ++i) {
          offsets[i] += index[dim] * strides_[i][dim];
        }
      }
      for (int64_t position = begin; position < end;) {
        const int64_t count = std::min(end - position, sizes_[last] - index[last]);
        body(offsets, count);
        position += count;
        advance(index, offsets, count);
      }
    });
  }

 private:
  bool merges(int d, int64_t size, const std::array<Shape, N>& strides) const {
    for (size_t i = 0; i < N; ++i) {
      if (strides_[i].back() != size * strides[i][d]) {
        return false;
      }
    }
    return true;
  }

  // Moves `count` steps along the innermost dimension, carrying into the outer ones.
  void advance(Shape& index, Offsets& offsets, int64_t count) const {
    int d = sizes_.rank() - 1;
    index[d] += count;
    for (size_t i = 0; i < N; ++i) {
      offsets[i] += count * strides_[i][d];
    }
    while (d > 0 && index[d] == sizes_[d]) {
      index[d] = 0;
      ++index[d - 1];
      for (size_t i = 0; i < N; ++i) {
        offsets[i] += strides_[i][d - 1] - sizes_[d] * strides_[i][d];
      }
      --d;
    }
  }

  int64_t numel_;
  Shape sizes_;
  std::array<Shape, N> strides_;
};

/// The strides with which a tensor of `shape` and `strides` reads as the broadcast `target`: 0 where it
/// stretches.
inline Shape broadcast_strides(const Shape& shape, const Shape& strides, const Shape& target) {
  Shape result;
  const int missing = target.rank() - shape.rank();
  for (int d = 0; d < target.rank(); ++d) {
    const bool stretched = d < missing || (shape[d - missing] == 1 && target[d] != 1);
    result.push_back(stretched ? 0 : strides[d - missing]);
  }
  return result;
}

}  // namespace helder
