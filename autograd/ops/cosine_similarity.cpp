#include "autograd/ops/cosine_similarity.h"

#include "autograd/ops/clamp.h"
#include "autograd/ops/div.h"
#include "autograd/ops/expand.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/sqrt.h"
#include "autograd/ops/sum.h"

namespace helder {
namespace {

// The bound is on the square: the root's slope at 0 would be infinite.
Tensor unit(const Tensor& x, int64_t dim, double eps) {
  return x / sqrt(clamp_min(sum(x * x, {dim}, /*keepdim=*/true), eps * eps));
}

}  // namespace

Tensor cosine_similarity(const Tensor& x1, const Tensor& x2, int64_t dim, double eps) {
  for (const Tensor* x : {&x1, &x2}) {
    check(is_floating_point(x->dtype()), "cosine_similarity: both inputs must be float32 or float64, got {}",
          name_of(x->dtype()));
  }
  check(eps >= 0, "cosine_similarity: eps must not be negative, got {}", eps);
  const Shape shape = broadcast_shapes("cosine_similarity", x1.shape(), x2.shape());
  const int d = normalize_dim("cosine_similarity", dim, shape.rank());
  // Divided first, multiplied after: the product of two large lengths could overflow.
  return sum(unit(expand(x1, shape), d, eps) * unit(expand(x2, shape), d, eps), {d});
}

}  // namespace helder
