#include "autograd/ops/cos.h"

#include "autograd/ops/elementwise.h"
#include "kernels/elementwise/cos.h"

namespace helder {

Tensor cos(const Tensor& x) { return unary_floating<kernels::Cos>(x); }

}  // namespace helder
