#include "autograd/ops/quick_gelu.h"

#include "autograd/ops/elementwise.h"
#include "kernels/elementwise/quick_gelu.h"

namespace helder {

Tensor quick_gelu(const Tensor& x) { return unary_floating<kernels::QuickGelu>(x); }

}  // namespace helder
