#include "autograd/ops/sqrt.h"

#include "autograd/ops/elementwise.h"
#include "kernels/elementwise/sqrt.h"

namespace helder {

Tensor sqrt(const Tensor& x) { return unary_floating<kernels::Sqrt>(x); }

}  // namespace helder
