#include "autograd/ops/maximum.h"

#include "autograd/ops/chosen_side.h"
#include "kernels/elementwise/arithmetic.h"

namespace helder {

Tensor maximum(const Tensor& a, const Tensor& b) { return chosen_side<kernels::Maximum>(a, b); }

}  // namespace helder
