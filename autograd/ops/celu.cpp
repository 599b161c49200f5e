#include "autograd/ops/celu.h"

#include "autograd/ops/elementwise.h"
#include "kernels/elementwise/elu.h"

namespace helder {

Tensor celu(const Tensor& x, double alpha) {
  check(alpha != 0, "celu: alpha must not be 0");
  return unary_floating(x, kernels::Celu{{alpha, 1, 1 / alpha}});
}

}  // namespace helder
