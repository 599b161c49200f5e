#include "autograd/ops/abs.h"

#include "autograd/ops/elementwise.h"
#include "kernels/elementwise/abs.h"

namespace helder {

Tensor abs(const Tensor& x) { return unary<kernels::Abs>(x); }

}  // namespace helder
