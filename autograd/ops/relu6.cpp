#include "autograd/ops/relu6.h"

#include "autograd/ops/elementwise.h"
#include "kernels/elementwise/hardtanh.h"

namespace helder {

Tensor relu6(const Tensor& x) { return unary(x, kernels::Relu6{}); }

}  // namespace helder
