#include "autograd/ops/affine_grid.h"

#include "autograd/ops/expand.h"
#include "autograd/ops/matmul.h"
#include "autograd/ops/reshape.h"
#include "autograd/ops/stack.h"
#include "autograd/ops/transpose.h"
#include "tensor/factories.h"

namespace helder {
namespace {

// The centres of n pixels, in numbers that run from -1 to 1: from edge to edge, or from centre to centre.
Tensor centres(int64_t n, bool align_corners, const Tensor& like) {
  if (n <= 1) {
    return zeros({n}, like.dtype(), like.device());
  }
  const double end = align_corners ? 1 : static_cast<double>(n - 1) / static_cast<double>(n);
  return linspace(-end, end, n, like.dtype(), like.device());
}

}  // namespace

Tensor affine_grid(const Tensor& theta, const Shape& size, bool align_corners) {
  check(theta.rank() == 3 && theta.size(1) == 2 && theta.size(2) == 3 && size.rank() == 4 &&
            size[0] == theta.size(0),
        "affine_grid: expected theta [N,2,3] and size [N,C,H,W], got {} and {}", theta.shape(), size);
  check(is_floating_point(theta.dtype()), "affine_grid: expected float32 or float64, got {}",
        name_of(theta.dtype()));
  const int64_t height = size[2], width = size[3];
  check(height > 0 && width > 0, "affine_grid: the size must have pixels, got {}", size);
  const Shape shape = {height, width};
  const Tensor x = centres(width, align_corners, theta), y = centres(height, align_corners, theta);
  const Tensor places = stack(
      {expand(x, shape), expand(reshape(y, {height, 1}), shape), ones(shape, theta.dtype(), theta.device())},
      -1);
  const Tensor grid = matmul(reshape(places, {height * width, 3}), transpose(theta, 1, 2));  // [N, H W, 2]
  return reshape(grid, {theta.size(0), height, width, 2});
}

}  // namespace helder
