#include "autograd/ops/rsqrt.h"

#include "autograd/ops/elementwise.h"
#include "kernels/elementwise/rsqrt.h"

namespace helder {

Tensor rsqrt(const Tensor& x) { return unary_floating<kernels::Rsqrt>(x); }

}  // namespace helder
