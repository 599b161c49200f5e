#include "training/schedule.h"

#include <cmath>

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/training/optimizer_paths.h"
#include "training/adagrad.h"
#include "training/reduce_lr_on_plateau.h"
#include "training/sequential_lr.h"
#include "training/sgd.h"
#include "training/swa_lr.h"

using namespace helder;
using namespace helder::testing;

namespace {

Tensor start() { return tensor<double>({2.0, -1.0, 0.5}).requires_grad_(); }

}  // namespace

TEST_CASE("schedules follow PyTorch's for 50 steps", "[training]") {
  for (const auto& [name, path] : schedule_paths()) {
    check_path(name, path);
  }
}

TEST_CASE("a schedule goes on from its saved state as if it had not stopped", "[training]") {
  for (const auto& [name, path] : schedule_paths()) {
    INFO(name);
    const Parameters p = valley_start(false, DType::Float64);
    const auto optimizer = path.optimizer(p);
    const auto schedule = path.schedule(*optimizer);
    const auto other_optimizer = path.optimizer(p);
    const auto other = path.schedule(*other_optimizer);
    const auto go = [](Schedule& s, int64_t i) {
      s.step();
      s.observe(plateau_metric(i));
    };
    for (int64_t i = 0; i < 19; ++i) {
      go(*schedule, i);
    }
    other_optimizer->load_state_dict(optimizer->state_dict());
    other->load_state_dict(schedule->state_dict());
    for (int64_t i = 19; i < 50; ++i) {
      go(*schedule, i);
      go(*other, i);
      for (size_t group = 0; group < optimizer->group_count(); ++group) {
        REQUIRE(other_optimizer->lr(group) == optimizer->lr(group));
        REQUIRE(other_optimizer->momentum(group) == optimizer->momentum(group));
      }
    }
  }
}

TEST_CASE("a schedule can be asked for any step", "[training]") {
  const Tensor p = start();
  SGD sgd({p}, {.lr = 0.4});
  const LinearLR warm_up(sgd, 0.25, 1, 4);
  CHECK(sgd.lr() == Approx(0.1));
  CHECK(warm_up.lr_at(2) == Approx(0.25));
  CHECK(warm_up.lr_at(100) == Approx(0.4));
  CHECK(sgd.lr() == Approx(0.1));
}

TEST_CASE("ReduceLROnPlateau waits out its patience", "[training]") {
  const Tensor p = start();
  SGD sgd({p}, {.lr = 1});
  ReduceLROnPlateau schedule(sgd, {.factor = 0.5, .patience = 1, .min_lr = 0.2});
  std::vector<double> rates;
  for (const double loss : {3.0, 2.0, 2.0, std::nan(""), 1.9, 1.9, 1.9, 1.9, 1.9, 1.9, 1.9}) {
    schedule.observe(loss);
    rates.push_back(sgd.lr());
  }
  CHECK(rates == std::vector<double>{1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.2, 0.2, 0.2});
  CHECK(schedule.best() == 1.9);
  schedule.step();  // an optimiser step changes nothing
  CHECK(sgd.lr() == 0.2);
}

TEST_CASE("wrong options of schedules are named", "[training]") {
  const Tensor p = start();
  SGD sgd({p});
  SGD other({p});
  CHECK_THROWS_WITH(StepLR(sgd, 0), "StepLR: step_size must be positive, got 0");
  CHECK_THROWS_WITH(MultiStepLR(sgd, {3, 2}), "MultiStepLR: the milestones must be positive and rise");
  CHECK_THROWS_WITH(MultiStepLR(sgd, {0}), "MultiStepLR: the milestones must be positive and rise");
  CHECK_THROWS_WITH(StepLR(sgd, 1, -2), "StepLR: gamma must not be negative, got -2");
  CHECK_THROWS_WITH(MultiStepLR(sgd, {1}, -2), "MultiStepLR: gamma must not be negative, got -2");
  CHECK_THROWS_WITH(ExponentialLR(sgd, std::nan("")), "ExponentialLR: gamma must not be negative, got nan");
  CHECK_THROWS_WITH(PolynomialLR(sgd, 5, -1), "PolynomialLR: power must not be negative, got -1");
  CHECK_THROWS_WITH(LambdaLR(sgd, LambdaLR::Factor()), "LambdaLR: the function of group 0 is empty");
  CHECK_THROWS_WITH(CosineAnnealingLR(sgd, 5, -1), "CosineAnnealingLR: eta_min must not be negative, got -1");
  CHECK_THROWS_WITH(OneCycleLR(sgd, -1, 5), "OneCycleLR: max_lr must not be negative, got -1");
  CHECK_THROWS_WITH(OneCycleLR(sgd, 1, 5, {.div_factor = 0}),
                    "OneCycleLR: div_factor and final_div_factor must be positive, got 0 and 10000");
  CHECK_THROWS_WITH(OneCycleLR(sgd, 1, 5, {.max_momentum = 1}),
                    "OneCycleLR: base_momentum and max_momentum must lie in [0, 1), got 0.85 and 1");
  CHECK_THROWS_WITH(LinearLR(sgd, 0),
                    "LinearLR: start_factor must lie in (0, 1] and end_factor in [0, 1], got 0 and 1");
  CHECK_THROWS_WITH(PolynomialLR(sgd, 0), "PolynomialLR: total_iters must be positive, got 0");
  CHECK_THROWS_WITH(LambdaLR(sgd, std::vector<LambdaLR::Factor>()), "LambdaLR: got 0 functions for 1 groups");
  CHECK_THROWS_WITH(OneCycleLR(sgd, 1, 0), "OneCycleLR: total_steps must be positive, got 0");
  CHECK_THROWS_WITH(OneCycleLR(sgd, std::vector<double>{1, 2}, 5),
                    "OneCycleLR: got 2 values of max_lr for 1 groups");
  Adagrad adagrad({p});
  CHECK_THROWS_WITH(OneCycleLR(adagrad, 1, 5),
                    "OneCycleLR: Adagrad has no momentum; set cycle_momentum to false");
  CHECK_THROWS_WITH(ReduceLROnPlateau(sgd, {.factor = 1}),
                    "ReduceLROnPlateau: factor must lie in [0, 1), got 1");
  CHECK_THROWS_WITH(ReduceLROnPlateau(sgd, {.patience = -1}),
                    "ReduceLROnPlateau: patience and cooldown must not be negative, got -1 and 0");
  CHECK_THROWS_WITH(
      ReduceLROnPlateau(sgd, {.min_lr = -1}),
      "ReduceLROnPlateau: threshold, min_lr and eps must not be negative, got 0.0001, -1 and 1e-08");
  CHECK_THROWS_WITH(SWALR(sgd, -1), "SWALR: swa_lr must not be negative, got -1");
  CHECK_THROWS_WITH(ConstantLR(sgd).lr_at(0, 1), "schedule: there is no group 1, only 1");
  CHECK_THROWS_WITH(ConstantLR(sgd).lr_at(-1), "schedule: the number of steps must not be negative, got -1");
  CHECK_THROWS_WITH(SWALR(sgd, 0.1, -1), "SWALR: anneal_epochs must not be negative, got -1");
  CHECK_THROWS_WITH(ConstantLR(sgd).load_state_dict({}), "schedule: the state has no 'step'");
  CHECK_THROWS_WITH(ReduceLROnPlateau(sgd).load_state_dict(ConstantLR(sgd).state_dict()),
                    "ReduceLROnPlateau: the state has no 'best'");
  const auto sequential = [&](std::unique_ptr<Schedule> first, std::unique_ptr<Schedule> second,
                              const std::vector<int64_t>& milestones) {
    std::vector<std::unique_ptr<Schedule>> parts;
    parts.push_back(std::move(first));
    parts.push_back(std::move(second));
    SequentialLR(sgd, std::move(parts), milestones);
  };
  const auto constant = [](Optimizer& o) { return std::make_unique<ConstantLR>(o); };
  CHECK_THROWS_WITH(sequential(constant(sgd), nullptr, {5}), "SequentialLR: a schedule is null");
  CHECK_THROWS_WITH(sequential(constant(sgd), constant(sgd), {}),
                    "SequentialLR: 2 schedules need a milestone between each two, got 0 milestones");
  CHECK_THROWS_WITH(sequential(constant(sgd), constant(sgd), {0}),
                    "SequentialLR: the milestones must be positive and rise");
  CHECK_THROWS_WITH(sequential(constant(sgd), constant(other), {5}),
                    "SequentialLR: all schedules must belong to its optimiser");
  CHECK_THROWS_WITH(sequential(constant(sgd), std::make_unique<ReduceLROnPlateau>(sgd), {5}),
                    "SequentialLR: ReduceLROnPlateau is no function of the step and cannot be a part");
}
