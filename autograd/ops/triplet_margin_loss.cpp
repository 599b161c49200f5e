#include "autograd/ops/triplet_margin_loss.h"

#include <cmath>

#include "autograd/ops/abs.h"
#include "autograd/ops/add.h"
#include "autograd/ops/clamp.h"
#include "autograd/ops/max.h"
#include "autograd/ops/minimum.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/pow.h"
#include "autograd/ops/sqrt.h"
#include "autograd/ops/sub.h"
#include "autograd/ops/sum.h"

namespace helder {
namespace {

Tensor distance(const Tensor& a, const Tensor& b, const TripletMarginLossOptions& options) {
  const Tensor d = a - b + options.eps;
  if (options.p == 2) {
    return sqrt(sum(d * d, {-1}));
  }
  if (options.p == 1) {
    return sum(abs(d), {-1});
  }
  if (std::isinf(options.p)) {
    return amax(abs(d), {-1});
  }
  return pow(sum(pow(abs(d), options.p), {-1}), 1 / options.p);
}

}  // namespace

Tensor triplet_margin_loss(const Tensor& anchor, const Tensor& positive, const Tensor& negative,
                           const TripletMarginLossOptions& options) {
  check(anchor.shape() == positive.shape() && anchor.shape() == negative.shape() && anchor.rank() >= 1,
        "triplet_margin_loss: anchor {}, positive {} and negative {} must have one shape, [D] or [N, ..., D]",
        anchor.shape(), positive.shape(), negative.shape());
  for (const Tensor* x : {&anchor, &positive, &negative}) {
    check(is_floating_point(x->dtype()), "triplet_margin_loss: the inputs must be float32 or float64, got {}",
          name_of(x->dtype()));
  }
  check(options.margin > 0, "triplet_margin_loss: margin must be positive, got {}", options.margin);
  check(options.p > 0, "triplet_margin_loss: p must be positive, got {}", options.p);
  const Tensor to_positive = distance(anchor, positive, options);
  Tensor to_negative = distance(anchor, negative, options);
  if (options.swap) {
    to_negative = minimum(to_negative, distance(positive, negative, options));
  }
  return reduce_recorded(clamp_min(to_positive - to_negative + options.margin, 0), options.reduction);
}

}  // namespace helder
