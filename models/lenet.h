#pragma once

#include "layers/conv2d.h"
#include "layers/linear.h"

namespace helder {

/// LeNet-5 (LeCun et al., "Gradient-based learning applied to document recognition", 1998) with today's ReLU
/// and max pooling: [N, 1, 28, 28] -> [N, classes] logits; 61,706 parameters for 10 classes.
class LeNet : public Module {
 public:
  explicit LeNet(int64_t classes = 10);

  Conv2d conv1{1, 6, 5, {.padding = 2}};
  Conv2d conv2{6, 16, 5};
  Linear fc1{16 * 5 * 5, 120};
  Linear fc2{120, 84};
  Linear fc3;

  Tensor forward(const Tensor& x) override;
  std::string describe() const override { return "LeNet"; }
};

}  // namespace helder
