#include "models/mnist_cnn.h"

#include "autograd/ops/max_pool2d.h"
#include "autograd/ops/relu.h"
#include "autograd/ops/reshape.h"

namespace helder {

MnistCnn::MnistCnn(int64_t classes) : fc2(128, classes) {
  register_modules({{"conv1", conv1},
                    {"conv2", conv2},
                    {"dropout1", dropout1},
                    {"fc1", fc1},
                    {"dropout2", dropout2},
                    {"fc2", fc2}});
}

Tensor MnistCnn::forward(const Tensor& x) {  // [N, 1, 28, 28]
  Tensor y = relu(conv1(x));                 // [N, 32, 26, 26]
  y = relu(conv2(y));                        // [N, 64, 24, 24]
  y = dropout1(max_pool2d(y, 2));            // [N, 64, 12, 12]
  y = dropout2(relu(fc1(flatten(y, 1))));    // [N, 128]
  return fc2(y);                             // [N, classes]
}

}  // namespace helder
