#include "layers/linear.h"

#include "autograd/ops/linear.h"
#include "layers/init.h"
#include "tensor/factories.h"

namespace helder {

Linear::Linear(int64_t in_features, int64_t out_features, LinearOptions options) {
  check(in_features >= 0 && out_features >= 0, "Linear: sizes must not be negative, got {} and {}",
        in_features, out_features);
  weight = register_parameter("weight", empty({out_features, in_features}));
  if (options.bias) {
    bias = register_parameter("bias", empty({out_features}));
  }
  init::default_linear_(weight, bias);
}

Tensor Linear::forward(const Tensor& x) { return linear(x, weight, bias); }

std::string Linear::describe() const {
  return fmt::format("Linear({}, {}{})", weight.size(1), weight.size(0),
                     bias.defined() ? "" : ", bias=false");
}

}  // namespace helder
