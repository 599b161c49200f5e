#include "vision/attacks/gradient_sign.h"

#include <algorithm>

#include "models/squeezenet.h"
#include "tensor/factories.h"
#include "tests/data_path.h"
#include "tests/vision/attacks/small_network.h"
#include "vision/attacks/measures.h"
#include "weights/load_weights.h"

using namespace helder;
using helder::testing::AttackFixture;
using helder::testing::check_path;
using helder::testing::largest_difference;
using helder::testing::Watched;

TEST_CASE("fgsm: a step equals PyTorch's, in float64 and in float32", "[vision][attacks]") {
  for (const DType dtype : {DType::Float64, DType::Float32}) {
    AttackFixture f(dtype);
    CHECK(largest_difference(fgsm(f.model, f.images, f.labels, {.epsilon = 0.03}), f.expected("fgsm", 1)) <
          1e-6);
    CHECK(largest_difference(fgsm(f.model, f.images, f.targets, {.epsilon = 0.03, .targeted = true}),
                             f.expected("fgsm_targeted", 1)) < 1e-6);
    // Not the same without the target, or with other labels.
    CHECK(largest_difference(fgsm(f.model, f.images, f.targets, {.epsilon = 0.03}), f.expected("fgsm", 1)) >
          0.01);
  }
}

TEST_CASE("fgsm: SqueezeNet's gradient has PyTorch's signs", "[vision][attacks]") {
  const auto weights = data_path("checkpoints/squeezenet1_1-imagenet.safetensors");
  if (!weights) return;
  const auto net = make<SqueezeNet>();
  load_weights(*net, *open_weights(*weights));
  PixelModel model(net, Preprocessing{});
  model.to(DType::Float64);
  // As in the script, the mean and deviation in float64.
  model.mean.copy_(tensor<double>({0.485, 0.456, 0.406}).reshape({3, 1, 1}));
  model.std.copy_(tensor<double>({0.229, 0.224, 0.225}).reshape({3, 1, 1}));
  const AttackFixture f;
  const Tensor x = f.file.tensor("squeezenet.pixels").to(DType::Float64).unsqueeze(0) / 255;
  const double epsilon = 1.0 / 1024;
  const Tensor signs = sign(fgsm(model, x, tensor<int64_t>({281}), {.epsilon = epsilon}) - x);
  const Tensor expected = f.file.tensor("squeezenet.sign").to(DType::Float64);
  // A black or white pixel cannot go further.
  const Tensor inside = logical_and(gt(x, epsilon), lt(x, 1 - epsilon))[0];
  CHECK(sum(inside).item() > 12000);
  CHECK(sum(logical_and(ne(signs[0], expected), inside)).item() == 0);
}

TEST_CASE("bim and mi_fgsm: each step equals torchattacks'", "[vision][attacks]") {
  AttackFixture f;
  Watched bim_steps, mi_steps;
  check_path(f, "bim", bim_steps,
             bim(f.model, f.images, f.labels,
                 {.epsilon = 0.04, .alpha = 0.015, .steps = 4, .goal = {.watch = bim_steps.watcher()}}),
             4);
  check_path(
      f, "mifgsm", mi_steps,
      mi_fgsm(
          f.model, f.images, f.labels,
          {.epsilon = 0.04, .alpha = 0.015, .steps = 4, .decay = 0.9, .goal = {.watch = mi_steps.watcher()}}),
      4);
}

TEST_CASE("bim: epsilon 0 and no steps leave the images alone", "[vision][attacks]") {
  AttackFixture f(DType::Float32);
  CHECK(largest_difference(bim(f.model, f.images, f.labels, {.epsilon = 0}), f.images) == 0);
  CHECK(largest_difference(bim(f.model, f.images, f.labels, {.steps = 0}), f.images) == 0);
  CHECK(largest_difference(fgsm(f.model, f.images, f.labels, {.epsilon = 0}), f.images) == 0);
}

TEST_CASE("bim: a finished image stays as it was, the others go on", "[vision][attacks]") {
  AttackFixture f;
  // From the fixture: after how many steps each image is another class.
  std::vector<int64_t> needed;
  for (int64_t row = 0; row < 3; ++row) {
    int64_t step = 1;
    while (step < 4 &&
           predictions(f.model, f.expected("bim", step)).at<int64_t>({row}) == f.labels.at<int64_t>({row})) {
      ++step;
    }
    needed.push_back(step);
  }
  REQUIRE(*std::min_element(needed.begin(), needed.end()) < *std::max_element(needed.begin(), needed.end()));
  const AttackWatcher watch = [&](const AttackStep& step) {
    std::vector<int64_t> open;
    for (int64_t row = 0; row < 3; ++row) {
      // A finished image is seen once more, and then no longer.
      if (needed[static_cast<size_t>(row)] >= step.step) {
        open.push_back(row);
      }
    }
    CHECK(step.rows == open);
    CHECK(step.images.size(0) == static_cast<int64_t>(step.rows.size()));
    CHECK(step.logits.shape() == Shape{step.images.size(0), 5});
  };
  const Tensor stopped =
      bim(f.model, f.images, f.labels,
          {.epsilon = 0.04, .alpha = 0.015, .steps = 4, .goal = {.enough = 0, .watch = watch}});
  CHECK(sum(eq(predictions(f.model, stopped), f.labels)).item() == 0);
  for (int64_t row = 0; row < 3; ++row) {
    CHECK(largest_difference(stopped[row], f.expected("bim", needed[static_cast<size_t>(row)])[row]) < 1e-9);
  }
}

TEST_CASE("attacks: leave the model as it was", "[vision][attacks]") {
  AttackFixture f;
  f.model.train();
  f.net->conv1.eval();
  f.net->fc.bias.requires_grad_(false);
  bim(f.model, f.images, f.labels);
  CHECK(f.model.is_training());
  CHECK_FALSE(f.net->conv1.is_training());
  CHECK(f.net->conv1.weight.requires_grad());
  CHECK_FALSE(f.net->fc.bias.requires_grad());
  for (const Tensor& parameter : f.model.parameters()) {
    CHECK_FALSE(parameter.grad().defined());
  }
  CHECK_FALSE(f.images.requires_grad());
}

TEST_CASE("attacks: say what is wrong with their operands", "[vision][attacks]") {
  AttackFixture f;
  const auto fails = [](const auto& body, const std::string& message) { CHECK_THROWS_WITH(body(), message); };
  fails([&] { fgsm(f.model, f.images * 255, f.labels); },
        fmt::format("fgsm: pixels are to be from 0 to 1, got {:g} to {:g}", amin(f.images * 255).item(),
                    amax(f.images * 255).item()));
  fails([&] { fgsm(f.model, f.images, f.labels, {.epsilon = 8}); }, "fgsm: epsilon 8 is not from 0 to 1");
  fails([&] { bim(f.model, f.images, f.labels, {.steps = -1}); }, "bim: -1 steps are fewer than none");
  fails([&] { bim(f.model, f.images, f.labels, {.alpha = -0.5}); }, "bim: a step of -0.5 is not one uphill");
  fails([&] { mi_fgsm(f.model, f.images, f.labels.slice(0, 0, 2)); },
        "mi_fgsm: expected a class number for each of 3 images, int64, got int64 [2]");
  fails([&] { bim(f.model, f.images.to(DType::UInt8), f.labels); },
        "bim: expected images [N, ...] of float32 or float64, got uint8 [3,3,8,8]");
}

TEST_CASE("PixelModel: the normalisation is part of the model", "[vision][attacks]") {
  AttackFixture f;
  const Tensor mean = tensor<double>({0.5, 0.25, 0.75}).reshape({3, 1, 1});
  const Tensor std = tensor<double>({0.5, 0.25, 0.125}).reshape({3, 1, 1});
  CHECK(largest_difference(f.model(f.images), (*f.net)((f.images - mean) / std)) == 0);
  CHECK(f.model.state_dict().front().first == "mean");
  CHECK(f.model.parameter_count() == f.net->parameter_count());
  CHECK_THROWS_WITH(
      PixelModel(f.net, std::vector<float>{0, 1}, {1}),
      "PixelModel: 2 means and 1 standard deviations; there is to be one of each for a channel");
  CHECK_THROWS_WITH(PixelModel(f.net, std::vector<float>{0, 1}, {1, 0}),
                    "PixelModel: a standard deviation is 0");
  CHECK_THROWS_WITH(f.model(f.images.slice(1, 0, 1)),
                    "PixelModel: expected pixels [N, 3, H, W], got [3,1,8,8]");
}
