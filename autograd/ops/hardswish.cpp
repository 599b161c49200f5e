#include "autograd/ops/hardswish.h"

#include "autograd/ops/elementwise.h"
#include "kernels/elementwise/hardswish.h"

namespace helder {

Tensor hardswish(const Tensor& x) { return unary_floating(x, kernels::Hardswish{}); }

}  // namespace helder
