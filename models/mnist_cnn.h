#pragma once

#include "layers/conv2d.h"
#include "layers/dropout.h"
#include "layers/linear.h"

namespace helder {

/// Two convolutions, one pooling, two linear layers and dropout: the network of many MNIST tutorials.
/// [N, 1, 28, 28] -> [N, classes] logits; 1,199,882 parameters for 10 classes.
class MnistCnn : public Module {
 public:
  explicit MnistCnn(int64_t classes = 10);

  Conv2d conv1{1, 32, 3};
  Conv2d conv2{32, 64, 3};
  Dropout dropout1{0.25};
  Linear fc1{64 * 12 * 12, 128};
  Dropout dropout2{0.5};
  Linear fc2;

  Tensor forward(const Tensor& x) override;
  std::string describe() const override { return "MnistCnn"; }
};

}  // namespace helder
