#include "autograd/ops/gelu.h"

#include "autograd/ops/elementwise.h"
#include "kernels/elementwise/gelu.h"

namespace helder {

Tensor gelu(const Tensor& x, std::string_view approximate) {
  check(approximate == "none" || approximate == "tanh",
        "gelu: approximate must be 'none' or 'tanh', got '{}'", approximate);
  return approximate == "tanh" ? unary_floating<kernels::GeluTanh>(x) : unary_floating<kernels::Gelu>(x);
}

}  // namespace helder
