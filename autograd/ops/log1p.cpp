#include "autograd/ops/log1p.h"

#include "autograd/ops/elementwise.h"
#include "kernels/elementwise/log1p.h"

namespace helder {

Tensor log1p(const Tensor& x) { return unary_floating<kernels::Log1p>(x); }

}  // namespace helder
