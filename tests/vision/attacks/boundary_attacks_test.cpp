// The attacks that look for the nearest image that fools: DeepFool and Carlini-Wagner; and the universal one.

#include "tensor/factories.h"
#include "tests/vision/attacks/small_network.h"
#include "vision/attacks/carlini_wagner.h"
#include "vision/attacks/deepfool.h"
#include "vision/attacks/measures.h"
#include "vision/attacks/universal.h"

using namespace helder;
using helder::testing::AttackFixture;
using helder::testing::largest_difference;
using helder::testing::Watched;

TEST_CASE("deepfool: each step equals torchattacks', and stops at the boundary", "[vision][attacks]") {
  AttackFixture f;
  std::vector<std::vector<int64_t>> rows;
  std::vector<Tensor> seen;
  const Tensor found =
      deepfool(f.model, f.images, f.labels, {.steps = 10, .classes = 0, .watch = [&](const AttackStep& step) {
                                               rows.push_back(step.rows);
                                               seen.push_back(step.images.clone());
                                             }});
  // The script took two steps. The second and the third image needed one.
  REQUIRE(rows.size() == 3);
  CHECK(largest_difference(seen[1], f.expected("deepfool", 1)) < 1e-9);
  CHECK(rows[1] == std::vector<int64_t>{0, 1, 2});
  CHECK(rows[2] == std::vector<int64_t>{0});
  CHECK(largest_difference(found, f.expected("deepfool", 2)) < 1e-9);
  CHECK(sum(eq(predictions(f.model, found), f.labels)).item() == 0);
}

TEST_CASE("deepfool: an image that is another class already is left alone", "[vision][attacks]") {
  AttackFixture f;
  CHECK(largest_difference(deepfool(f.model, f.images, f.targets), f.images) == 0);
  CHECK(largest_difference(deepfool(f.model, f.images, f.labels, {.steps = 0}), f.images) == 0);
  CHECK_THROWS_WITH(deepfool(f.model, f.images, f.labels, {.classes = 1}),
                    "deepfool: it takes two classes for a boundary between them, got 1");
}

TEST_CASE("deepfool: a linear model is fooled in one step of the known length", "[vision][attacks]") {
  // Two classes: logit_1 - logit_0 = w x, which is 0 at the distance |w x| / |w|.
  struct Plane : Module {
    Tensor w = tensor<double>({3, 4});
    Tensor forward(const Tensor& x) override {
      return stack({sum(x * w, {1}) * -0.5, sum(x * w, {1}) * 0.5 - 2.0}, 1);
    }
  } plane;
  const Tensor x = from_data<double>(std::vector<double>{0.2, 0.1}, {1, 2});  // w x - 2 = -1
  const Tensor found = deepfool(plane, x, tensor<int64_t>({0}), {.steps = 1, .overshoot = 0});
  CHECK(norm(found - x).item() == Approx(1.0 / 5));
  CHECK(sum(found * plane.w).item() == Approx(2));
}

TEST_CASE("carlini_wagner: finds what PyTorch's finds", "[vision][attacks]") {
  AttackFixture f;
  Watched watched;
  const Tensor found =
      carlini_wagner(f.model, f.images, f.labels,
                     {.c = 2, .kappa = 0.1, .steps = 15, .lr = 0.02, .watch = watched.watcher()});
  CHECK(watched.calls == 15);
  CHECK(largest_difference(found, f.expected("cw", 1)) < 1e-9);
  CHECK(largest_difference(
            carlini_wagner(f.model, f.images, f.targets, {.c = 5, .steps = 30, .lr = 0.03, .targeted = true}),
            f.expected("cw_targeted", 1)) < 1e-9);
}

TEST_CASE("carlini_wagner: looking for c comes nearer, and what cannot be fooled stays",
          "[vision][attacks]") {
  AttackFixture f;
  const CarliniWagnerOptions once = {.c = 10, .steps = 30, .lr = 0.02};
  CarliniWagnerOptions searched = once;
  searched.search_steps = 4;
  const auto distances = [&](const CarliniWagnerOptions& options) {
    const Tensor found = carlini_wagner(f.model, f.images, f.labels, options);
    CHECK(sum(eq(predictions(f.model, found), f.labels)).item() == 0);
    return perturbation_norms(f.images, found).l2;
  };
  const Tensor first = distances(once), best = distances(searched);
  CHECK(amin(first - best).item() >= 0);
  CHECK(amax(first - best).item() > 0);
  // With too small a c nothing is found; the search makes it larger.
  CarliniWagnerOptions timid = {.c = 1e-4, .steps = 10, .lr = 0.02, .targeted = true};
  CHECK(largest_difference(carlini_wagner(f.model, f.images, f.targets, timid), f.images) == 0);
  timid.search_steps = 6;
  CHECK(
      sum(eq(predictions(f.model, carlini_wagner(f.model, f.images, f.targets, timid)), f.targets)).item() >=
      1);
  CHECK_THROWS_WITH(carlini_wagner(f.model, f.images, f.labels, {.c = -1}),
                    "carlini_wagner: c -1 and kappa 0 are to be at least 0");
  CHECK_THROWS_WITH(carlini_wagner(f.model, f.images, f.labels, {.search_steps = 0}),
                    "carlini_wagner: 0 searches are fewer than one");
}

TEST_CASE("universal_perturbation: one change fools more images than noise as large", "[vision][attacks]") {
  AttackFixture f(DType::Float32);
  Generator generator(7);
  const Tensor images = rand({60, 3, 8, 8}, DType::Float32, generator);
  const Tensor labels = predictions(f.model, images);
  const double epsilon = 0.08;
  const UniversalOptions options = {.epsilon = epsilon, .alpha = 0.02, .epochs = 4, .batch_size = 16};
  const Tensor change = universal_perturbation(f.model, images, labels, options);
  CHECK(change.shape() == Shape{1, 3, 8, 8});
  CHECK(amax(abs(change)).item() <= epsilon + 1e-7);
  const auto fooled = [&](const Tensor& delta, const Tensor& x, const Tensor& y) {
    return sum(ne(predictions(f.model, clamp(x + delta, 0, 1)), y)).item();
  };
  const Tensor noise = sign(rand({1, 3, 8, 8}, DType::Float32, generator) - 0.5) * epsilon;
  CHECK(fooled(change, images, labels) > fooled(noise, images, labels) + 10);
  // Images that it has not seen.
  const Tensor others = rand({60, 3, 8, 8}, DType::Float32, generator),
               answers = predictions(f.model, others);
  CHECK(fooled(change, others, answers) > fooled(noise, others, answers) + 10);
  CHECK(largest_difference(universal_perturbation(f.model, images, labels, options), change) == 0);

  // Towards a class.
  UniversalOptions towards = options;
  towards.targeted = true;
  const Tensor target = full({60}, 2, DType::Int64);
  const Tensor to_two = universal_perturbation(f.model, images, target, towards);
  const auto twos = [&](const Tensor& delta) {
    return sum(eq(predictions(f.model, clamp(images + delta, 0, 1)), target)).item();
  };
  CHECK(twos(to_two) > twos(zeros_like(to_two)) + 10);
}
