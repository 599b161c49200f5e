// A convolutional network learns to read handwritten digits

#include "models/mnist_cnn.h"
#include "examples/common/digit_program.h"
#include "models/cifar_resnet.h"
#include "models/lenet.h"

using namespace helder;

int main(int argc, char** argv) {
  DigitProgram program("mnist_cnn", "A convolutional network learns to read handwritten digits.",
                       {.epochs = 3, .batch_size = 64, .optimizer = "adam", .lr = 2e-3});
  std::string arch = "cnn";
  program.flags()
      .add_option(
          "--arch", arch,
          "cnn: two 3x3 convolutions and dropout; lenet: LeCun's LeNet-5 of 1998; resnet8: a residual "
          "network of 8 layers")
      ->check(CLI::IsMember({"cnn", "lenet", "resnet8"}))
      ->capture_default_str();

  return program.run(argc, argv, [&] {
    if (arch == "lenet") {
      return DigitModel{arch, make<LeNet>()};
    }
    if (arch == "resnet8") {
      return DigitModel{arch, make<CifarResNet>(CifarResNetOptions{.depth = 8, .in_channels = 1})};
    }
    return DigitModel{arch, make<MnistCnn>()};
  });
}
