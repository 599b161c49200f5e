#include "autograd/ops/erf.h"

#include "autograd/ops/elementwise.h"
#include "kernels/elementwise/erf.h"

namespace helder {

Tensor erf(const Tensor& x) { return unary_floating<kernels::Erf>(x); }

}  // namespace helder
