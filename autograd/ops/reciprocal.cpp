#include "autograd/ops/reciprocal.h"

#include "autograd/ops/elementwise.h"
#include "kernels/elementwise/reciprocal.h"

namespace helder {

Tensor reciprocal(const Tensor& x) { return unary_floating<kernels::Reciprocal>(x); }

}  // namespace helder
