#include "inspect/compare.h"

#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "autograd/grad_mode.h"
#include "models/cifar_resnet.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/data_path.h"
#include "tests/examples/run_program.h"
#include "tests/temporary_directory.h"
#include "weights/load_weights.h"
#include "weights/safetensors.h"

using namespace helder;

TEST_CASE("compare: finds the layer with a wrong weight", "[inspect][compare]") {
  CifarResNet net({.depth = 20});
  const Tensor x = randn({1, 3, 32, 32});
  const StateDict before = named_activations(net, x);
  CHECK(net.is_training());
  CHECK(before.front().first == "conv1");
  CHECK(before.back().first == "output");
  CHECK(compare_activations(before, named_activations(net, x)).first_above(0) == nullptr);

  auto& block = dynamic_cast<CifarBlock&>(net.layer2[1]);
  {
    const NoGrad no_grad;
    block.conv2.weight.at<float>({3, 2, 1, 1}) += 0.5F;
  }
  const ActivationComparison wrong = compare_activations(named_activations(net, x), before);
  CHECK(wrong.layers.size() == before.size());
  CHECK(wrong.missing.empty());
  const ActivationDifference* first = wrong.first_above(1e-5);
  REQUIRE(first);
  CHECK(first->name == "layer2.1.conv2");  // not layer2.1 or layer2, which it is in
  CHECK(first->where / (16 * 16) == 3);    // the channel
  CHECK(std::abs(first->a - first->b) == first->largest);
}

TEST_CASE("compare: numbers that are none, shapes, and names", "[inspect][compare]") {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN(),
                   kInf = std::numeric_limits<double>::infinity();
  const auto one = [](double a, double b) {
    return compare_activations({{"x", tensor<double>({1, a})}}, {{"x", tensor<double>({1, b})}}).layers[0];
  };
  CHECK(one(kNan, kNan).largest == 0);
  CHECK(one(kInf, kInf).largest == 0);
  CHECK(one(kNan, 1).largest == kInf);
  CHECK(one(1, kNan).relative == kInf);
  CHECK(one(kInf, -kInf).largest == kInf);
  CHECK(one(3, 4).largest == 1);
  CHECK(one(3, 4).relative == 0.25);
  CHECK(one(3, 4).where == 1);

  CHECK_THROWS_WITH(compare_activations({{"x", zeros({2})}}, {{"x", zeros({3})}}),
                    "compare: 'x' is [2] in one run and [3] in the other");
  CHECK_THROWS_WITH(
      compare_activations({{"x", zeros({2})}}, {{"y", zeros({2})}}),
      "compare: no activation of one run is in the other: 'x' and others against 'y' and others");
  const auto part = compare_activations({{"x", zeros({2})}, {"z", zeros({2})}}, {{"x", zeros({2})}});
  CHECK(part.missing == std::vector<std::string>{"z"});
}

TEST_CASE("compare: the program finds ResNet-20's wrong weight, and devices that agree",
          "[examples][compare]") {
  const auto weights = data_path("checkpoints/resnet20-cifar10.th");
  const auto image = data_path("images/n02123045_tabby.JPEG");
  if (!weights || !image) return;
  const TemporaryDirectory folder;
  CifarResNet net({.depth = 20});
  load_weights(net, *open_weights(*weights));
  {
    const NoGrad no_grad;
    dynamic_cast<CifarBlock&>(net.layer2[1]).conv2.weight.at<float>({3, 2, 1, 1}) += 0.5F;
  }
  save_safetensors(folder / "wrong.safetensors", net.state_dict());
  std::vector<std::string> flags = {"--model", "resnet20", "--weights", *weights, "--image", *image};
  flags.insert(flags.end(), {"--other-weights", folder / "wrong.safetensors"});
  const ProgramResult wrong = run_program("compare", flags);
  INFO(wrong.out << wrong.err);
  CHECK(wrong.exit_code == 3);
  CHECK_THAT(wrong.out, ContainsSubstring("the runs part at layer2.1.conv2: element "));
  if (!kCudaBuilt) return;
  const auto on_gpu = [&](const std::string& file) {
    return run_program("compare", {"--model", "resnet8", "--weights", file, "--image", *image, "--device",
                                   "cuda", "--tolerance", "1e-4"});
  };
  CifarResNet small({.depth = 8, .in_channels = 1});
  save_safetensors(folder / "small.safetensors", small.state_dict());
  const ProgramResult devices = on_gpu(folder / "small.safetensors");
  INFO(devices.out << devices.err);
  CHECK(devices.exit_code == 0);
  CHECK_THAT(devices.out, ContainsSubstring("the runs agree to 0.0001 in "));
}

TEST_CASE("compare: the program, with weights and with a dump", "[examples][compare]") {
  const TemporaryDirectory folder;
  CifarResNet net({.depth = 20});
  net.eval();
  save_safetensors(folder / "a.safetensors", net.state_dict());
  const Tensor x = randn({1, 3, 32, 32});
  StateDict dump = named_activations(net, x);
  dump.emplace_back("input", x);
  save_safetensors(folder / "dump.safetensors", dump);
  {
    const NoGrad no_grad;
    net.linear.bias.at<float>({3}) += 10;
  }
  save_safetensors(folder / "b.safetensors", net.state_dict());

  const auto compare = [&](const std::string& weights) {
    return run_program("compare", {"--model", "resnet20", "--weights", folder / weights, "--dump",
                                   folder / "dump.safetensors", "--json", folder / "r.json"});
  };
  const ProgramResult same = compare("a.safetensors");
  INFO(same.out << same.err);
  CHECK(same.exit_code == 0);
  CHECK_THAT(same.out, ContainsSubstring("the runs agree to 0.001 in "));
  const ProgramResult other = compare("b.safetensors");
  INFO(other.out << other.err);
  CHECK(other.exit_code == 3);
  CHECK_THAT(other.out, ContainsSubstring("the runs part at linear: element 3 is "));
  std::ifstream file(folder / "r.json");
  CHECK(nlohmann::json::parse(file).at("first") == "linear");

  const ProgramResult without =
      run_program("compare", {"--model", "resnet20", "--weights", folder / "a.safetensors"});
  CHECK(without.exit_code == 2);
  CHECK_THAT(without.err, ContainsSubstring("--device, --other-weights or --dump"));
  const ProgramResult no_picture =
      run_program("compare", {"--model", "resnet20", "--weights", folder / "a.safetensors", "--other-weights",
                              folder / "b.safetensors"});
  CHECK(no_picture.exit_code == 1);
  CHECK(no_picture.err == "compare: give --image, or a dump with a tensor 'input'\n");
}
