#include "autograd/ops/log.h"

#include "autograd/ops/elementwise.h"
#include "kernels/elementwise/log.h"

namespace helder {

Tensor log(const Tensor& x) { return unary_floating<kernels::Log>(x); }

}  // namespace helder
