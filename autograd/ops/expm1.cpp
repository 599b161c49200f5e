#include "autograd/ops/expm1.h"

#include "autograd/ops/elementwise.h"
#include "kernels/elementwise/expm1.h"

namespace helder {

Tensor expm1(const Tensor& x) { return unary_floating<kernels::Expm1>(x); }

}  // namespace helder
