#pragma once

#include "layers/linear.h"

namespace helder {

/// A multilayer perceptron with one hidden layer and ReLU: [N, ...] with `inputs` values each -> [N, classes]
/// logits.
class Mlp : public Module {
 public:
  explicit Mlp(int64_t inputs = 784, int64_t hidden = 128, int64_t classes = 10);

  Linear fc1;
  Linear fc2;

  Tensor forward(const Tensor& x) override;
  std::string describe() const override { return "Mlp"; }
};

}  // namespace helder
