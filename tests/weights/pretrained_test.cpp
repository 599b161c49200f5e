// Real weights, real pictures: what comes out is what the weights' own framework gives.

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "autograd/grad_mode.h"
#include "data/cifar10.h"
#include "data/image.h"
#include "data/image_transforms.h"
#include "tests/catch.h"
#include "tests/data/image_fixture.h"
#include "tests/data_path.h"
#include "tests/sanitizer.h"
#include "weights/load_weights.h"
#include "weights/zoo.h"

using namespace helder;

namespace {

std::shared_ptr<Module> pretrained(const ZooModel& zoo, const std::filesystem::path& weights) {
  const auto model = zoo.make(static_cast<int64_t>(zoo.classes.size()));
  load_weights(*model, *open_weights(weights), zoo.maps);
  model->eval();
  return model;
}

}  // namespace

TEST_CASE("pretrained: SqueezeNet 1.1 gives torchvision's logits for a PNG file", "[weights][pretrained]") {
  const auto weights = data_path("checkpoints/squeezenet1_1-imagenet.safetensors");
  if (!weights) return;
  const NoGrad guard;
  const ZooModel& zoo = zoo_model("squeezenet1_1");
  const auto model = pretrained(zoo, *weights);
  const SafetensorsFile fixture = image_fixture("classify");
  const Tensor input = preprocess(decode_image(bytes_of(fixture.tensor("file"))), zoo.preprocessing);
  REQUIRE(input.shape() == Shape{3, 224, 224});
  double sum = 0;
  for (const double x : input.to_vector<double>()) sum += x;
  CHECK(sum == Approx(fixture.tensor("input_sum").item()).margin(0.1));

  const auto logits = (*model)(input.unsqueeze(0)).to_vector<double>();
  const auto expected = fixture.tensor("logits").to_vector<double>();  // from 1.4 to 16.2
  REQUIRE(logits.size() == 1000);
  double largest = 0;
  for (size_t i = 0; i < logits.size(); ++i) largest = std::max(largest, std::abs(logits[i] - expected[i]));
  CHECK(largest < 1e-4);
}

TEST_CASE("pretrained: ResNet-20 gives PyTorch's logits for CIFAR-10's first test images",
          "[weights][pretrained]") {
  const auto weights = data_path("checkpoints/resnet20-cifar10.th");
  const auto images = data_path("cifar10/test_batch.bin");
  const auto answers = data_path("expected/resnet20-cifar10.json");
  if (!weights || !images || !answers) return;
  const NoGrad guard;
  const ZooModel& zoo = zoo_model("resnet20");
  const auto model = pretrained(zoo, *weights);
  std::ifstream file(*answers);
  const auto expected = nlohmann::json::parse(file);
  auto predictions = expected.at("first64_predictions").get<std::vector<int64_t>>();
  REQUIRE(predictions.size() == 64);
  predictions.resize(kAddressSanitizer ? 8 : 64);

  const Tensor pictures = load_cifar10(*images).images.slice(0, 0, static_cast<int64_t>(predictions.size()));
  const Tensor logits = (*model)(normalize_pixels(pictures, zoo.preprocessing.mean, zoo.preprocessing.std));
  CHECK(logits.argmax(1).to_vector<int64_t>() == predictions);
  double largest = 0;
  for (int64_t i = 0; i < 8; ++i) {
    const auto row = expected.at("first8_logits").at(static_cast<size_t>(i)).get<std::vector<double>>();
    for (int64_t c = 0; c < 10; ++c) {
      largest = std::max(largest, std::abs(logits.at<float>({i, c}) - row.at(static_cast<size_t>(c))));
    }
  }
  CHECK(largest < 1e-4);
}
