#include "autograd/ops/dropout2d.h"

#include "autograd/ops/drop_rows.h"

namespace helder {

// Forward and backward are in drop_rows.cpp.
Tensor dropout2d(const Tensor& x, double p, bool training, Generator& generator) {
  check(p >= 0 && p <= 1, "dropout2d: p must be a probability in [0, 1], got {}", p);
  check(x.rank() == 4, "dropout2d: expected [N,C,H,W], got {}", x.shape());
  if (!training || p == 0) {
    return x;
  }
  return drop_rows("dropout2d", x, 2, p, p < 1 ? 1 / (1 - p) : 0, generator);
}

}  // namespace helder
