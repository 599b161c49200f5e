#include "autograd/ops/tanh.h"

#include "autograd/ops/elementwise.h"
#include "kernels/elementwise/tanh.h"

namespace helder {

Tensor tanh(const Tensor& x) { return unary_floating<kernels::Tanh>(x); }

}  // namespace helder
