#include "autograd/ops/leaky_relu.h"

#include "autograd/ops/elementwise.h"
#include "kernels/elementwise/leaky_relu.h"

namespace helder {

Tensor leaky_relu(const Tensor& x, double negative_slope) {
  return unary_floating(x, kernels::LeakyRelu{negative_slope});
}

}  // namespace helder
