#include "autograd/ops/drop_path.h"

#include "autograd/ops/drop_rows.h"

namespace helder {

// Forward and backward are in drop_rows.cpp.
Tensor drop_path(const Tensor& x, double drop_prob, bool training, bool scale_by_keep, Generator& generator) {
  check(drop_prob >= 0 && drop_prob <= 1, "drop_path: drop_prob must be a probability in [0, 1], got {}",
        drop_prob);
  check(x.rank() >= 1, "drop_path: expected [N,...], got a scalar");
  if (!training || drop_prob == 0) {
    return x;
  }
  const double scale = scale_by_keep && drop_prob < 1 ? 1 / (1 - drop_prob) : 1;
  return drop_rows("drop_path", x, 1, drop_prob, scale, generator);
}

}  // namespace helder
