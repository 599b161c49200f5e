#include "autograd/ops/silu.h"

#include "autograd/ops/elementwise.h"
#include "kernels/elementwise/silu.h"

namespace helder {

Tensor silu(const Tensor& x) { return unary_floating<kernels::Silu>(x); }

}  // namespace helder
