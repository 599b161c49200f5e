#include "training/optimizer.h"

#include <functional>
#include <map>

#include "autograd/ops/add.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/pow.h"
#include "autograd/ops/sub.h"
#include "autograd/ops/sum.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/tensor/json_fixture.h"
#include "training/adam.h"
#include "training/clip_grad.h"
#include "training/schedule.h"
#include "training/sgd.h"

using namespace helder;

namespace {

using MakeOptimizer = std::function<std::unique_ptr<Optimizer>(std::vector<Tensor>)>;
using MakeSchedule = std::function<std::unique_ptr<Schedule>(Optimizer&)>;

struct Path {
  MakeOptimizer optimizer;
  MakeSchedule schedule;
};

template <class O, class Options>
MakeOptimizer with(Options options) {
  return [=](std::vector<Tensor> p) { return std::make_unique<O>(std::move(p), options); };
}

// The cases of tests/fixtures/generate_optimizers.py, by name.
std::map<std::string, Path> paths() {
  const MakeOptimizer sgd = with<SGD>(SGDOptions{.lr = 0.01, .momentum = 0.9});
  return {
      {"sgd", {with<SGD>(SGDOptions{.lr = 0.01}), {}}},
      {"sgd momentum", {sgd, {}}},
      {"sgd nesterov, weight decay",
       {with<SGD>(SGDOptions{.lr = 0.01, .momentum = 0.8, .weight_decay = 0.1, .nesterov = true}), {}}},
      {"sgd dampening", {with<SGD>(SGDOptions{.lr = 0.01, .momentum = 0.9, .dampening = 0.5}), {}}},
      {"adam", {with<Adam>(AdamOptions{.lr = 0.05}), {}}},
      {"adam, weight decay",
       {with<Adam>(AdamOptions{.lr = 0.05, .beta1 = 0.8, .beta2 = 0.95, .eps = 1e-6, .weight_decay = 0.1}),
        {}}},
      {"adamw", {with<AdamW>(AdamWOptions{.lr = 0.05}), {}}},
      {"step", {sgd, [](Optimizer& o) { return std::make_unique<StepLR>(o, 15, 0.5); }}},
      {"cosine", {sgd, [](Optimizer& o) { return std::make_unique<CosineAnnealingLR>(o, 50, 1e-4); }}},
      {"one cycle", {sgd, [](Optimizer& o) { return std::make_unique<OneCycleLR>(o, 0.02, 51); }}},
      {"one cycle, adam",
       {with<Adam>(AdamOptions{.lr = 0.05}),
        [](Optimizer& o) {
          return std::make_unique<OneCycleLR>(
              o, 0.1, 51, OneCycleOptions{.pct_start = 0.2, .div_factor = 10, .final_div_factor = 100});
        }}},
  };
}

Tensor start() { return tensor<double>({2.0, -1.0, 0.5}).requires_grad_(); }

Tensor valley(const Tensor& p) {
  return sum(add(mul(tensor<double>({0.1, 1.0, 3.0}), pow(p, 4)), pow(sub(p, 1), 2)));
}

void step_down(Optimizer& optimizer, const Tensor& p) {
  optimizer.zero_grad();
  valley(p).backward();
  optimizer.step();
}

}  // namespace

TEST_CASE("optimisers and schedules follow PyTorch's for 50 steps") {
  const auto fixture = read_json_fixture("optimizers.json").at("paths");
  const auto all = paths();
  REQUIRE(all.size() == fixture.size());
  for (const auto& [name, path] : all) {
    INFO(name);
    const auto& expected = fixture.at(name);
    const Tensor p = start();
    const auto optimizer = path.optimizer({p});
    const auto schedule = path.schedule ? path.schedule(*optimizer) : nullptr;
    for (size_t i = 0; i < expected.at("points").size(); ++i) {
      INFO("step " << i);
      CHECK(optimizer->lr() == Approx(expected.at("rates")[i].get<double>()).epsilon(1e-12));
      step_down(*optimizer, p);
      if (schedule) {
        schedule->step();
      }
      for (int64_t k = 0; k < 3; ++k) {
        const double value = expected.at("points")[i][static_cast<size_t>(k)];
        REQUIRE(p.at<double>({k}) == Approx(value).epsilon(1e-10).margin(1e-12));
      }
    }
  }
}

TEST_CASE("an optimiser goes on from its saved state as if it had not stopped") {
  for (const auto& [name, path] : paths()) {
    INFO(name);
    const Tensor p = start();
    const auto optimizer = path.optimizer({p});
    for (int i = 0; i < 5; ++i) {
      step_down(*optimizer, p);
    }
    Tensor q = p.detach().clone();
    q.requires_grad_();
    const auto other = path.optimizer({q});
    other->load_state_dict(optimizer->state_dict());
    for (int i = 0; i < 5; ++i) {
      step_down(*optimizer, p);
      step_down(*other, q);
    }
    CHECK(p.to_vector<double>() == q.to_vector<double>());
  }
}

TEST_CASE("a parameter without a gradient is left alone, and starts counting when it gets one") {
  const Tensor p = start();
  const Tensor unused = start();
  Adam optimizer({p, unused});
  step_down(optimizer, p);
  CHECK(unused.to_vector<double>() == start().to_vector<double>());
  CHECK(optimizer.state_dict()[0].second.to_vector<int64_t>() == std::vector<int64_t>{1, 0});
}

TEST_CASE("optimiser state of another kind or shape is refused whole") {
  const Tensor p = start();
  SGD sgd({p}, {.momentum = 0.9});
  step_down(sgd, p);
  Adam adam({p});
  CHECK_THROWS_WITH(adam.load_state_dict(sgd.state_dict()),
                    "optimizer: 'velocity.0' is not part of the state of Adam over 1 parameters");
  CHECK_THROWS_WITH(adam.load_state_dict({}), "optimizer: the state has no 'steps'");
  CHECK_THROWS_WITH(adam.load_state_dict({{"steps", zeros({2}, DType::Int64)}}),
                    "optimizer: 'steps' counts 2 parameters, but there are 1");
  CHECK_THROWS_WITH(adam.load_state_dict({{"steps", zeros({1}, DType::Int64)}, {"mean.0", zeros({4})}}),
                    "optimizer: 'mean.0' has shape [4], but its parameter has [3]");
}

TEST_CASE("wrong options of optimisers and schedules are named") {
  const Tensor p = start();
  CHECK_THROWS_WITH(SGD({}), "optimizer: there are no parameters to train");
  CHECK_THROWS_WITH(SGD({p}, {.lr = -1}), "optimizer: the learning rate must not be negative, got -1");
  CHECK_THROWS_WITH(SGD({p}, {.nesterov = true}),
                    "SGD: Nesterov needs momentum and no dampening, got momentum 0 and dampening 0");
  CHECK_THROWS_WITH(Adam({p}, {.beta1 = 1}), "Adam: betas must lie in [0, 1), got 1 and 0.999");
  SGD sgd({p});
  CHECK_THROWS_WITH(StepLR(sgd, 0), "StepLR: step_size must be positive, got 0");
  CHECK_THROWS_WITH(OneCycleLR(sgd, 1, 0), "OneCycleLR: total_steps must be positive, got 0");
}

TEST_CASE("clip_grad_norm_ scales all gradients by one factor") {
  Tensor a = zeros({2}, DType::Float64).requires_grad_();
  Tensor b = zeros({1}, DType::Float64).requires_grad_();
  a.set_grad(tensor<double>({3, 0}));
  b.set_grad(tensor<double>({4}));
  CHECK(clip_grad_norm_({a, b}, 10) == Approx(5));
  CHECK(a.grad().to_vector<double>() == std::vector<double>{3, 0});
  CHECK(clip_grad_norm_({a, b}, 1) == Approx(5));
  CHECK(a.grad().at<double>({0}) == Approx(0.6));
  CHECK(b.grad().at<double>({0}) == Approx(0.8));
  CHECK_THROWS_WITH(clip_grad_norm_({a}, -1), "clip_grad_norm_: max_norm must not be negative, got -1");
}
