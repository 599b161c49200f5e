#include "models/mlp.h"

#include "autograd/ops/relu.h"
#include "autograd/ops/reshape.h"

namespace helder {

Mlp::Mlp(int64_t inputs, int64_t hidden, int64_t classes) : fc1(inputs, hidden), fc2(hidden, classes) {
  register_modules({{"fc1", fc1}, {"fc2", fc2}});
}

Tensor Mlp::forward(const Tensor& x) {  // [N, 1, 28, 28]
  Tensor y = flatten(x, 1);             // [N, 784]
  y = relu(fc1(y));                     // [N, 128]
  return fc2(y);                        // [N, 10]
}

}  // namespace helder
