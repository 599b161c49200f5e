#include "autograd/ops/softsign.h"

#include "autograd/ops/elementwise.h"
#include "kernels/elementwise/softsign.h"

namespace helder {

Tensor softsign(const Tensor& x) { return unary_floating(x, kernels::Softsign{}); }

}  // namespace helder
