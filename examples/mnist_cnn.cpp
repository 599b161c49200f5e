// A network learns to read handwritten digits: convolutional, residual, or a transformer

#include "models/mnist_cnn.h"
#include "examples/common/digit_program.h"
#include "models/cifar_resnet.h"
#include "models/lenet.h"
#include "models/vit.h"

using namespace helder;

namespace {

DigitModel make_model(const std::string& arch) {
  if (arch == "lenet") {
    return {arch, make<LeNet>()};
  }
  if (arch == "resnet8") {
    return {arch, make<CifarResNet>(CifarResNetOptions{.depth = 8, .in_channels = 1})};
  }
  if (arch == "vit") {  // 16 patches of 7x7
    return {arch, make<VisionTransformer>(VisionTransformerOptions{.img_size = 28,
                                                                   .patch_size = 7,
                                                                   .in_channels = 1,
                                                                   .classes = 10,
                                                                   .dim = 64,
                                                                   .depth = 4,
                                                                   .heads = 4})};
  }
  return {arch, make<MnistCnn>()};
}

}  // namespace

int main(int argc, char** argv) {
  DigitProgram program(
      "mnist_cnn", "A network learns to read handwritten digits: convolutional, residual or a transformer.",
      {.epochs = 3, .batch_size = 64, .optimizer = "adam", .lr = 2e-3});
  std::string arch = "cnn";
  program.flags()
      .add_option("--arch", arch,
                  "cnn: two 3x3 convolutions and dropout; lenet: LeCun's LeNet-5 of 1998; resnet8: a "
                  "residual network "
                  "of 8 layers; vit: a vision transformer of 4 blocks")
      ->check(CLI::IsMember({"cnn", "lenet", "resnet8", "vit"}))
      ->capture_default_str();
  return program.run(argc, argv, [&] { return make_model(arch); });
}
