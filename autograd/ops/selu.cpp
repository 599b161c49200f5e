#include "autograd/ops/selu.h"

#include "autograd/ops/elementwise.h"
#include "kernels/elementwise/elu.h"

namespace helder {

Tensor selu(const Tensor& x) {
  return unary_floating(x, kernels::Selu{{1.6732632423543772, 1.0507009873554805, 1}});
}

}  // namespace helder
