// Three training steps of LeNet, whose instructions observer.sh counts.

#include "autograd/ops/cross_entropy.h"
#include "models/lenet.h"
#include "tensor/factories.h"
#include "tensor/parallel.h"
#include "tensor/random.h"
#include "training/sgd.h"

using namespace helder;

// Not inlined: the counter is on while it runs.
__attribute__((noinline)) void lenet_training_step(Module& model, SGD& sgd, const Tensor& x,
                                                   const Tensor& labels) {
  model.zero_grad();
  cross_entropy(model(x), labels).backward();
  sgd.step();
}

int main() {
  set_num_threads(1);
  manual_seed(1);
  LeNet net;
  SGD sgd(net.parameters(), {.lr = 0.01, .momentum = 0.9});
  const Tensor x = randn({64, 1, 28, 28}), labels = zeros({64}, DType::Int64);
  for (int i = 0; i < 3; ++i) {
    lenet_training_step(net, sgd, x, labels);
  }
}
