#include "autograd/ops/floor.h"

#include "autograd/ops/piecewise_constant.h"
#include "kernels/elementwise/rounding.h"

namespace helder {

Tensor floor(const Tensor& x) { return piecewise_constant<kernels::Floor>(x); }

}  // namespace helder
