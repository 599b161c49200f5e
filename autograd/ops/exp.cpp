#include "autograd/ops/exp.h"

#include "autograd/ops/elementwise.h"
#include "kernels/elementwise/exp.h"

namespace helder {

Tensor exp(const Tensor& x) { return unary_floating<kernels::Exp>(x); }

}  // namespace helder
