#include "autograd/ops/sigmoid.h"

#include "autograd/ops/elementwise.h"
#include "kernels/elementwise/sigmoid.h"

namespace helder {

Tensor sigmoid(const Tensor& x) { return unary_floating<kernels::Sigmoid>(x); }

}  // namespace helder
