#include "autograd/ops/relu.h"

#include "autograd/ops/elementwise.h"
#include "kernels/elementwise/relu.h"

namespace helder {

Tensor relu(const Tensor& x) { return unary<kernels::Relu>(x); }

}  // namespace helder
