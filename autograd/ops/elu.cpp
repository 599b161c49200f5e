#include "autograd/ops/elu.h"

#include "autograd/ops/elementwise.h"
#include "kernels/elementwise/elu.h"

namespace helder {

Tensor elu(const Tensor& x, double alpha) { return unary_floating(x, kernels::Elu{alpha, 1, 1}); }

}  // namespace helder
