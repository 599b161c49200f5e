// The smallest network that reads digits: 784 pixels, 128 hidden units, 10 answers

#include "examples/common/digit_program.h"
#include "models/mlp.h"

using namespace helder;

int main(int argc, char** argv) {
  DigitProgram program("mnist_mlp", "A multilayer perceptron, 784-128-10, learns to read handwritten digits.",
                       {.epochs = 5, .batch_size = 64, .optimizer = "adam", .lr = 3e-3});
  return program.run(argc, argv, [] { return DigitModel{"mlp", make<Mlp>(784, 128, 10)}; });
}
