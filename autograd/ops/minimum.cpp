#include "autograd/ops/minimum.h"

#include "autograd/ops/chosen_side.h"
#include "kernels/elementwise/arithmetic.h"

namespace helder {

Tensor minimum(const Tensor& a, const Tensor& b) { return chosen_side<kernels::Minimum>(a, b); }

}  // namespace helder
