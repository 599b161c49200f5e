#include "autograd/ops/pixel_shuffle.h"

#include "autograd/ops/permute.h"
#include "autograd/ops/reshape.h"

namespace helder {
namespace {

// x's dimensions before the last three, followed by `last`.
Shape with_last(const Tensor& x, std::initializer_list<int64_t> last) {
  Shape shape;
  for (int d = 0; d < x.rank() - 3; ++d) {
    shape.push_back(x.shape()[d]);
  }
  for (int64_t size : last) {
    shape.push_back(size);
  }
  return shape;
}

// The last five dimensions of x in another order; the others keep theirs.
Tensor permute_last(const Tensor& x, std::initializer_list<int64_t> order) {
  Shape dims;
  const int64_t before = x.rank() - 5;
  for (int64_t d = 0; d < before; ++d) {
    dims.push_back(d);
  }
  for (int64_t d : order) {
    dims.push_back(before + d);
  }
  return permute(x, dims);
}

void check_input(const char* operation, const Tensor& x, int64_t factor) {
  check(x.rank() >= 3 && x.rank() <= kMaxRank - 2,
        "{}: expected an input [...,C,H,W] of 3 to {} dimensions, got {}", operation, kMaxRank - 2,
        x.shape().str());
  check(factor > 0, "{}: the factor must be positive, got {}", operation, factor);
  check(factor < int64_t{1} << 31, "{}: the factor must be less than 2^31, got {}", operation, factor);
}

}  // namespace

// [..., C, r, r, H, W] -> [..., C, H, r, W, r]
Tensor pixel_shuffle(const Tensor& x, int64_t r) {
  check_input("pixel_shuffle", x, r);
  const int64_t channels = x.size(-3), height = x.size(-2), width = x.size(-1);
  check(channels % (r * r) == 0,
        "pixel_shuffle: {} channels do not divide into squares of {}x{} pixels (input {})", channels, r, r,
        x.shape().str());
  const Tensor squares = reshape(x, with_last(x, {channels / (r * r), r, r, height, width}));
  return reshape(permute_last(squares, {0, 3, 1, 4, 2}),
                 with_last(x, {channels / (r * r), height * r, width * r}));
}

// [..., C, H, r, W, r] -> [..., C, r, r, H, W]
Tensor pixel_unshuffle(const Tensor& x, int64_t r) {
  check_input("pixel_unshuffle", x, r);
  const int64_t channels = x.size(-3), height = x.size(-2), width = x.size(-1);
  check(height % r == 0 && width % r == 0,
        "pixel_unshuffle: {}x{} pixels do not divide into squares of {}x{} (input {})", height, width, r, r,
        x.shape().str());
  const Tensor squares = reshape(x, with_last(x, {channels, height / r, r, width / r, r}));
  return reshape(permute_last(squares, {0, 2, 4, 1, 3}),
                 with_last(x, {channels * r * r, height / r, width / r}));
}

}  // namespace helder
