#include "autograd/ops/mish.h"

#include "autograd/ops/elementwise.h"
#include "kernels/elementwise/mish.h"

namespace helder {

Tensor mish(const Tensor& x) { return unary_floating<kernels::Mish>(x); }

}  // namespace helder
