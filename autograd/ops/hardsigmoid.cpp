#include "autograd/ops/hardsigmoid.h"

#include "autograd/ops/elementwise.h"
#include "kernels/elementwise/hardsigmoid.h"

namespace helder {

Tensor hardsigmoid(const Tensor& x) { return unary_floating(x, kernels::Hardsigmoid{}); }

}  // namespace helder
