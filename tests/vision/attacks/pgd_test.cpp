#include "vision/attacks/pgd.h"

#include "tensor/factories.h"
#include "tests/vision/attacks/small_network.h"
#include "vision/attacks/measures.h"

using namespace helder;
using helder::testing::AttackFixture;
using helder::testing::check_path;
using helder::testing::largest_difference;
using helder::testing::Watched;

TEST_CASE("pgd and pgd_l2: each step from the same start equals torchattacks'", "[vision][attacks]") {
  AttackFixture f;
  Watched steps, targeted, l2;
  check_path(f, "pgd", steps,
             pgd(f.model, f.images, f.labels,
                 {.epsilon = 0.04,
                  .alpha = 0.015,
                  .steps = 4,
                  .start = f.start,
                  .goal = {.watch = steps.watcher()}}),
             4);
  check_path(f, "pgd_targeted", targeted,
             pgd(f.model, f.images, f.targets,
                 {.epsilon = 0.04,
                  .alpha = 0.015,
                  .steps = 4,
                  .start = f.start,
                  .goal = {.targeted = true, .watch = targeted.watcher()}}),
             4);
  check_path(
      f, "pgd_l2", l2,
      pgd_l2(f.model, f.images, f.labels,
             {.epsilon = 0.5, .alpha = 0.2, .steps = 4, .start = f.start, .goal = {.watch = l2.watcher()}}),
      4);
}

TEST_CASE("pgd: stays in its ball and among pixels, and begins anywhere in it", "[vision][attacks]") {
  AttackFixture f(DType::Float32);
  const double epsilon = 0.3;  // so wide that clipping to [0, 1] matters
  Watched linf, l2;
  const PgdOptions options = {
      .epsilon = epsilon, .alpha = 0.2, .steps = 3, .seed = 5, .goal = {.watch = linf.watcher()}};
  const Tensor changed = pgd(f.model, f.images, f.labels, options);
  linf.images[3] = changed;
  for (const auto& [step, x] : linf.images) {
    CHECK(largest_difference(x, f.images) <= epsilon + 1e-6);
    CHECK(amin(x).item() >= 0);
    CHECK(amax(x).item() <= 1);
  }
  CHECK(largest_difference(linf.images[0], f.images) > 0.9 * epsilon);
  CHECK(largest_difference(linf.images[0], f.images) <= epsilon);

  const Tensor near =
      pgd_l2(f.model, f.images, f.labels,
             {.epsilon = 2, .alpha = 1.5, .steps = 3, .seed = 5, .goal = {.watch = l2.watcher()}});
  l2.images[3] = near;
  for (const auto& [step, x] : l2.images) {
    CHECK(amax(perturbation_norms(f.images, x).l2).item() <= 2 + 1e-5);
    CHECK(amin(x).item() >= 0);
    CHECK(amax(x).item() <= 1);
  }
  CHECK(amin(perturbation_norms(f.images, l2.images[0]).l2).item() > 0);
}

TEST_CASE("pgd: a seed gives the same images, another one others", "[vision][attacks]") {
  AttackFixture f(DType::Float32);
  const auto with_seed = [&](uint64_t seed) {
    return pgd(f.model, f.images, f.labels, {.steps = 2, .restarts = 2, .seed = seed});
  };
  CHECK(largest_difference(with_seed(1), with_seed(1)) == 0);
  CHECK(largest_difference(with_seed(1), with_seed(2)) > 0);
}

TEST_CASE("pgd: of several starts the best one counts", "[vision][attacks]") {
  AttackFixture f;
  const auto losses = [&](const Tensor& x) {
    return cross_entropy(f.model(x), f.labels, {.reduction = Reduction::None});
  };
  // One step so short that no image is fooled: the loss decides.
  const double epsilon = 0.002;
  const auto fooled = [&](const Tensor& x) { return sum(ne(predictions(f.model, x), f.labels)).item(); };
  const auto run = [&](int64_t restarts) {
    return pgd(f.model, f.images, f.labels,
               {.epsilon = epsilon, .alpha = 0.0005, .steps = 1, .restarts = restarts, .seed = 3});
  };
  const Tensor one = run(1), many = run(8);
  CHECK(fooled(many) == 0);
  CHECK(amin(losses(many) - losses(one)).item() >= 0);  // the first start is among them
  CHECK(amax(losses(many) - losses(one)).item() > 0);
  CHECK(largest_difference(many, f.images) <= epsilon + 1e-12);

  // Where a start is enough, there is no second one.
  Watched watched;
  const Tensor found =
      pgd(f.model, f.images, f.labels,
          {.epsilon = 0.1, .alpha = 0.05, .steps = 4, .restarts = 5, .goal = {.watch = watched.watcher()}});
  CHECK(fooled(found) == 3);
  CHECK(watched.calls == 4);
  CHECK_THROWS_WITH(pgd(f.model, f.images, f.labels, {.random_start = false, .restarts = 2}),
                    "pgd: starting 2 times gives the same each time");
  CHECK_THROWS_WITH(pgd(f.model, f.images, f.labels, {.restarts = 0}), "pgd: 0 starts are fewer than one");
  CHECK_THROWS_WITH(pgd_l2(f.model, f.images, f.labels, {.epsilon = -1}), "pgd_l2: epsilon -1 is no radius");
  CHECK_THROWS_WITH(pgd(f.model, f.images, f.labels, {.start = f.images.slice(0, 0, 1)}),
                    "pgd: the start is not like the images [3,3,8,8]");
}
