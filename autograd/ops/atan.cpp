#include "autograd/ops/atan.h"

#include "autograd/ops/elementwise.h"
#include "kernels/elementwise/atan.h"

namespace helder {

Tensor atan(const Tensor& x) { return unary_floating<kernels::Atan>(x); }

}  // namespace helder
