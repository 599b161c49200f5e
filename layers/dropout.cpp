#include "layers/dropout.h"

#include "autograd/ops/dropout.h"

namespace helder {

Dropout::Dropout(double p) : p_(p) { check(p >= 0 && p <= 1, "Dropout: p must lie in [0, 1], got {}", p); }

Tensor Dropout::forward(const Tensor& x) { return dropout(x, p_, is_training()); }

}  // namespace helder
