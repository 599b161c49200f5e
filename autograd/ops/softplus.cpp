#include "autograd/ops/softplus.h"

#include "autograd/ops/elementwise.h"
#include "kernels/elementwise/softplus.h"

namespace helder {

Tensor softplus(const Tensor& x, double beta, double threshold) {
  return unary_floating(x, kernels::Softplus{beta, threshold});
}

}  // namespace helder
