#include "models/lenet.h"

#include "autograd/ops/max_pool2d.h"
#include "autograd/ops/relu.h"
#include "autograd/ops/reshape.h"

namespace helder {

LeNet::LeNet(int64_t classes) : fc3(84, classes) {
  register_modules({{"conv1", conv1}, {"conv2", conv2}, {"fc1", fc1}, {"fc2", fc2}, {"fc3", fc3}});
}

Tensor LeNet::forward(const Tensor& x) {     // [N, 1, 28, 28]
  Tensor y = max_pool2d(relu(conv1(x)), 2);  // [N, 6, 14, 14]
  y = max_pool2d(relu(conv2(y)), 2);         // [N, 16, 5, 5]
  y = relu(fc1(flatten(y, 1)));              // [N, 120]
  y = relu(fc2(y));                          // [N, 84]
  return fc3(y);                             // [N, classes]
}

}  // namespace helder
