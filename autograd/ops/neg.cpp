#include "autograd/ops/neg.h"

#include "autograd/ops/elementwise.h"
#include "kernels/elementwise/neg.h"

namespace helder {

Tensor neg(const Tensor& x) { return unary<kernels::Neg>(x); }

}  // namespace helder
