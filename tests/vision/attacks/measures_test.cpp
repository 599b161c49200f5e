#include "vision/attacks/measures.h"

#include "tensor/factories.h"
#include "tests/vision/attacks/small_network.h"
#include "vision/attacks/defences.h"
#include "vision/attacks/gradient_sign.h"
#include "vision/attacks/pgd.h"

using namespace helder;
using helder::testing::AttackFixture;
using helder::testing::largest_difference;

TEST_CASE("perturbation_norms: of a known change", "[vision][attacks]") {
  const Tensor x = full({2, 1, 4, 4}, 0.5), y = x.clone();
  y.at<float>({0, 0, 1, 1}) += 0.25F;
  y.at<float>({0, 0, 2, 3}) -= 0.125F;
  const PerturbationNorms norms = perturbation_norms(x, y);
  CHECK(norms.l0.to_vector<double>() == std::vector<double>{2, 0});
  CHECK(norms.l2.at<float>({0}) == Approx(std::sqrt(0.0625 + 0.015625)));
  CHECK(norms.linf.to_vector<double>() == std::vector<double>{0.25, 0});
  CHECK(norms.ssim.at<float>({1}) == Approx(1));
  CHECK(norms.ssim.at<float>({0}) < 0.9);
  CHECK_THROWS_WITH(
      perturbation_norms(x, y[0]),
      "perturbation_norms: expected two batches of images [N, C, H, W], got [2,1,4,4] and [1,4,4]");
}

TEST_CASE("ssim: equals its transcription in PyTorch, also where the window is cut down",
          "[vision][attacks]") {
  AttackFixture f;
  CHECK(largest_difference(ssim(f.images, f.expected("pgd", 4)), f.file.tensor("ssim")) < 1e-12);
  CHECK(largest_difference(ssim(f.file.tensor("ssim_large.a"), f.file.tensor("ssim_large.b")),
                           f.file.tensor("ssim_large")) < 1e-12);
}

TEST_CASE("robust_accuracy: falls with epsilon, and is the clean one at 0", "[vision][attacks]") {
  AttackFixture f(DType::Float32);
  Generator generator(3);
  const Tensor images = rand({50, 3, 8, 8}, DType::Float32, generator);
  Tensor labels = predictions(f.model, images, 7);
  CHECK(largest_difference(labels, argmax(f.model(images), 1)) == 0);
  labels.at<int64_t>({0}) = (labels.at<int64_t>({0}) + 1) % 5;  // one that it is wrong about
  const auto at = [&](double epsilon) {
    return robust_accuracy(
        f.model, images, labels,
        [=](Module& model, const Tensor& x, const Tensor& y) {
          return fgsm(model, x, y, {.epsilon = epsilon});
        },
        16);
  };
  CHECK(at(0) == Approx(0.98));
  CHECK(at(0.01) < at(0));
  CHECK(at(0.05) < at(0.01));
}

TEST_CASE("success_matrix: counts each class against each target", "[vision][attacks]") {
  AttackFixture f;
  const Attack towards = [](Module& model, const Tensor& x, const Tensor& y) {
    return pgd(
        model, x, y,
        {.epsilon = 0.2, .alpha = 0.02, .steps = 15, .random_start = false, .goal = {.targeted = true}});
  };
  const SuccessMatrix matrix = success_matrix(f.model, f.images, f.labels, 5, towards, 2);
  CHECK(sum(matrix.attempts).item() == 12);  // three images, four targets each
  for (int64_t c = 0; c < 5; ++c) {
    CHECK(matrix.attempts.at<int64_t>({c, c}) == 0);
    CHECK(std::isnan(matrix.rate(c, c)));
  }
  CHECK(sum(matrix.attempts[f.labels.at<int64_t>({0})]).item() == 4);
  CHECK(matrix.mean_rate() > 0.5);
  // An attack that does nothing never succeeds; images that the model is wrong about are not tried.
  const Attack nothing = [](Module&, const Tensor& x, const Tensor&) { return x; };
  CHECK(success_matrix(f.model, f.images, f.labels, 5, nothing).mean_rate() == 0);
  CHECK(sum(success_matrix(f.model, f.images, f.targets, 5, nothing).attempts).item() == 0);
}

TEST_CASE("transfer_matrix: own images fool most", "[vision][attacks]") {
  AttackFixture f(DType::Float32);
  Generator generator(3);
  const Tensor images = rand({40, 3, 8, 8}, DType::Float32, generator);
  const Tensor labels = predictions(f.model, images);
  struct Constant : Module {  // is always right about class `answer`, and has no gradient to speak of
    Tensor answer;
    Tensor forward(const Tensor& x) override {
      return one_hot(answer.slice(0, 0, x.size(0)), 5).to(x.dtype()) + 0.0 * sum(x);
    }
  } constant;
  constant.answer = labels;
  const Tensor matrix = transfer_matrix(
      {&f.model, &constant}, images, labels,
      [](Module& model, const Tensor& x, const Tensor& y) { return fgsm(model, x, y, {.epsilon = 0.1}); });
  CHECK(matrix.at<double>({0, 0}) < 0.3);
  CHECK(matrix.at<double>({0, 1}) == 1);
  CHECK(matrix.at<double>({1, 0}) == 1);  // nothing was changed
  CHECK(matrix.at<double>({1, 1}) == 1);
}

TEST_CASE("InputQuantisation: masks the gradient unless it is told not to", "[vision][attacks]") {
  const auto fixture = std::make_shared<AttackFixture>();
  AttackFixture& f = *fixture;
  const std::shared_ptr<Module> model(fixture, &f.model);
  InputQuantisation masked(model, {.levels = 16});
  InputQuantisation open(model, {.levels = 16, .straight_through = true});
  const Tensor rounded = round(f.images * 15) / 15;
  CHECK(largest_difference(masked(f.images), f.model(rounded)) == 0);
  CHECK(largest_difference(open(f.images), f.model(rounded)) < 1e-12);
  const auto attacked_by = [&](Module& m) { return fgsm(m, f.images, f.labels, {.epsilon = 0.05}); };
  CHECK(largest_difference(attacked_by(masked), f.images) == 0);
  // The gradient that passes is the one at the rounded pixels.
  const Tensor moved = attacked_by(open) - f.images;
  const Tensor at_rounded = fgsm(f.model, rounded, f.labels, {.epsilon = 0.01}) - rounded;
  const Tensor free = logical_and(gt(rounded, 0), lt(rounded, 1));
  CHECK(sum(logical_and(free, ne(sign(moved), sign(at_rounded)))).item() == 0);
  CHECK(masked.describe() == "InputQuantisation(levels=16)");
  CHECK_THROWS_WITH(InputQuantisation(model, {.levels = 1}),
                    "InputQuantisation: 1 levels are fewer than black and white");
}

TEST_CASE("RandomSmoothing: a mean of probabilities under noise, repeatable by seed", "[vision][attacks]") {
  const auto fixture = std::make_shared<AttackFixture>();
  AttackFixture& f = *fixture;
  const std::shared_ptr<Module> model(fixture, &f.model);
  RandomSmoothing none(model, {.sigma = 0, .samples = 3});
  CHECK(largest_difference(none(f.images), log_softmax(f.model(f.images), 1)) < 1e-12);
  RandomSmoothing a(model, {.sigma = 0.3, .samples = 20, .seed = 4}),
      b(model, {.sigma = 0.3, .samples = 20, .seed = 4});
  const Tensor first = a(f.images);
  CHECK(largest_difference(first, b(f.images)) == 0);
  CHECK(largest_difference(first, a(f.images)) > 0);  // the next call draws anew
  CHECK(largest_difference(sum(exp(first), {1}), ones({3}, DType::Float64)) < 1e-12);
  // More samples, less chance in it.
  RandomSmoothing c(model, {.sigma = 0.3, .samples = 400, .seed = 5}),
      d(model, {.sigma = 0.3, .samples = 400, .seed = 6});
  CHECK(largest_difference(exp(c(f.images)), exp(d(f.images))) < 0.15);
  CHECK(a.describe() == "RandomSmoothing(sigma=0.3, samples=20)");
  CHECK_THROWS_WITH(RandomSmoothing(model, {.samples = 0}), "RandomSmoothing: 0 samples have no mean");
  CHECK_THROWS_WITH(RandomSmoothing(model, {.sigma = -1}), "RandomSmoothing: a standard deviation of -1");
}
