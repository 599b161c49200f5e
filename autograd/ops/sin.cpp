#include "autograd/ops/sin.h"

#include "autograd/ops/elementwise.h"
#include "kernels/elementwise/sin.h"

namespace helder {

Tensor sin(const Tensor& x) { return unary_floating<kernels::Sin>(x); }

}  // namespace helder
