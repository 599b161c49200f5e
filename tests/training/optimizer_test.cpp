#include "training/optimizer.h"

#include <cmath>

#include "layers/linear.h"
#include "tensor/copy.h"
#include "tensor/cuda_memory.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/training/optimizer_paths.h"
#include "training/adagrad.h"
#include "training/adam.h"
#include "training/lion.h"
#include "training/muon.h"
#include "training/rmsprop.h"
#include "training/sgd.h"

using namespace helder;
using namespace helder::testing;

namespace {

Tensor start() { return tensor<double>({2.0, -1.0, 0.5}).requires_grad_(); }

}  // namespace

TEST_CASE("optimisers follow PyTorch's for 50 steps", "[training]") {
  for (const auto& [name, path] : optimizer_paths()) {
    check_path(name, path);
  }
}

TEST_CASE("optimisers follow PyTorch's on the GPU", "[training][cuda]") {
  if (cuda::is_available()) {
    for (const auto& [name, path] : optimizer_paths()) {
      check_path(name, path, Device::Cuda);
    }
  }
}

TEST_CASE("an optimiser's state goes from the GPU to the CPU and back", "[training][cuda]") {
  if (!cuda::is_available()) {
    return;
  }
  // Steps on one device, then the same number on the other, are as good as all of them on one.
  const auto walk = [](Device first, Device second) {
    Parameters before = valley_start(false, DType::Float64, first);
    RMSprop start(before, {.lr = 0.01, .momentum = 0.7, .centered = true});
    step_down(start, before);
    step_down(start, before);
    Parameters after;
    for (const Tensor& p : before) {
      after.push_back(p.detach().to(second).clone().requires_grad_());
    }
    RMSprop rest(after, {.lr = 0.01, .momentum = 0.7, .centered = true});
    rest.load_state_dict(start.state_dict());
    for (const auto& [name, tensor] : rest.state_dict()) {
      INFO(name);
      CHECK(tensor.device() == (name == "steps" || name == "lr" ? Device::Cpu : second));
    }
    step_down(rest, after);
    return elements(after);
  };
  const auto expected = walk(Device::Cpu, Device::Cpu);
  for (const auto& got : {walk(Device::Cuda, Device::Cpu), walk(Device::Cpu, Device::Cuda)}) {
    REQUIRE(got.size() == expected.size());
    for (size_t i = 0; i < got.size(); ++i) {
      CHECK(got[i] == Approx(expected[i]).epsilon(1e-12));
    }
  }
}

TEST_CASE("an optimiser says when its parameters moved to the GPU", "[training][cuda]") {
  if (!cuda::is_available()) {
    return;
  }
  Linear layer(2, 1);
  SGD optimizer(layer.parameters(), {.lr = 0.1, .momentum = 0.9});
  const auto step = [&] {
    for (const Tensor& p : layer.parameters()) {
      Tensor(p).set_grad(ones_like(p));
    }
    optimizer.step();
  };
  step();
  layer.to(Device::Cuda);
  CHECK_THROWS_WITH(step(),
                    "SGD: 'velocity.0' is on cpu, but its parameter on cuda; make the optimiser after moving "
                    "the model");
}

TEST_CASE("every path of the fixture is followed", "[training]") {
  auto all = optimizer_paths();
  all.merge(schedule_paths());
  std::vector<std::string> names;
  for (const auto& [name, path] : all) {
    names.push_back(name);
  }
  CHECK(names == valley_paths());
}

TEST_CASE("Muon stays near PyTorch's, which rounds to bfloat16", "[training]") {
  for (const auto& [name, path] : optimizer_paths()) {
    if (!name.starts_with("muon")) {
      continue;
    }
    INFO(name);
    const Tensor rounded = valley_fixture(name + "/rounded");
    const Parameters p = valley_start(/*matrices=*/true, DType::Float32);
    const auto optimizer = path.optimizer(p);
    for (int64_t step = 0; step < rounded.size(0); ++step) {
      step_down(*optimizer, p);
      const auto expected = rounded.select(0, step).to_vector<double>();
      const auto got = elements(p);
      for (size_t i = 0; i < got.size(); ++i) {
        REQUIRE(got[i] == Approx(expected[i]).margin(0.03));
      }
    }
  }
}

TEST_CASE("newton_schulz brings all singular values near 1 and keeps the directions", "[training]") {
  // A = U diag(5, 0.4) V' with U and V rotations by 0.3 and 1.1.
  const auto rotation = [](double angle) {
    return tensor<double>({std::cos(angle), -std::sin(angle), std::sin(angle), std::cos(angle)})
        .reshape({2, 2});
  };
  const Tensor u = rotation(0.3), v = rotation(1.1);
  const Tensor s = tensor<double>({5, 0, 0, 0.4}).reshape({2, 2});
  const Tensor y = newton_schulz(u.matmul(s).matmul(v.t()));
  const Tensor core = u.t().matmul(y).matmul(v);
  CHECK(core.at<double>({0, 1}) == Approx(0).margin(1e-12));
  CHECK(core.at<double>({1, 0}) == Approx(0).margin(1e-12));
  for (int64_t i = 0; i < 2; ++i) {
    CHECK(core.at<double>({i, i}) > 0.6);
    CHECK(core.at<double>({i, i}) < 1.3);
  }
  CHECK(newton_schulz(zeros({3, 2})).to_vector<double>() == std::vector<double>(6, 0.0));
}

TEST_CASE("an optimiser goes on from its saved state as if it had not stopped", "[training]") {
  for (const auto& [name, path] : optimizer_paths()) {
    INFO(name);
    const Parameters p = valley_start(name.starts_with("muon"), DType::Float64);
    const auto optimizer = path.optimizer(p);
    for (int i = 0; i < 5; ++i) {
      step_down(*optimizer, p);
    }
    optimizer->set_lr(0, optimizer->lr() / 2);  // as a schedule does
    Parameters q;
    for (const Tensor& parameter : p) {
      q.push_back(parameter.detach().clone());
      q.back().requires_grad_();
    }
    const auto other = path.optimizer(q);
    other->load_state_dict(optimizer->state_dict());
    CHECK(other->lr() == optimizer->lr());
    for (int i = 0; i < 5; ++i) {
      step_down(*optimizer, p);
      step_down(*other, q);
    }
    CHECK(elements(p) == elements(q));
  }
}

TEST_CASE("each group has its own options", "[training]") {
  const Parameters p = valley_start(false, DType::Float64);
  SGD sgd({{{p[0]}, {.lr = 0.1}}, {{p[1], p[2]}, {.lr = 0.2, .momentum = 0.5}}});
  CHECK(sgd.group_count() == 2);
  CHECK(sgd.parameters().size() == 3);
  CHECK(sgd.lr() == 0.1);
  CHECK(sgd.lr(1) == 0.2);
  CHECK(sgd.momentum(1) == 0.5);
  sgd.options(1).weight_decay = 0.3;
  sgd.set_lr(1, 0.4);
  CHECK(sgd.options(1).lr == 0.4);
  sgd.set_lr(0.7);
  CHECK(sgd.lr(0) == 0.7);
  CHECK(sgd.lr(1) == 0.7);
  CHECK_THROWS_WITH(sgd.lr(2), "SGD: there is no group 2, only 2");
  CHECK_THROWS_WITH(sgd.options(2), "SGD: there is no group 2, only 2");
  CHECK_THROWS_WITH(SGD({{{p[0]}, {.lr = 0.1}}, {{p[0]}, {.lr = 0.2}}}),
                    "optimizer: a parameter of shape [3] is given twice, in group 0 and in group 1");
}

TEST_CASE("a parameter without a gradient is left alone, and starts counting when it gets one",
          "[training]") {
  Parameters p = valley_start(false, DType::Float64);
  const Tensor unused = start();
  Adam optimizer({p[0], unused});
  step_down(optimizer, {p[0]});
  CHECK(unused.to_vector<double>() == start().to_vector<double>());
  CHECK(optimizer.state_dict()[0].second.to_vector<int64_t>() == std::vector<int64_t>{1, 0});
}

TEST_CASE("optimiser state of another kind or shape is refused whole", "[training]") {
  const Tensor p = start();
  SGD sgd({p}, {.momentum = 0.9});
  step_down(sgd, {p});
  Adam adam({p});
  CHECK_THROWS_WITH(adam.load_state_dict(sgd.state_dict()),
                    "optimizer: 'velocity.0' is not part of the state of Adam over 1 parameters");
  CHECK_THROWS_WITH(adam.load_state_dict({}), "optimizer: the state has no 'steps'");
  CHECK_THROWS_WITH(adam.load_state_dict({{"steps", zeros({2}, DType::Int64)}}),
                    "optimizer: 'steps' counts 2 parameters, but there are 1");
  CHECK_THROWS_WITH(adam.load_state_dict({{"steps", zeros({1}, DType::Int64)}, {"mean.0", zeros({4})}}),
                    "optimizer: 'mean.0' has shape [4], but its parameter has [3]");
  CHECK_THROWS_WITH(
      adam.load_state_dict({{"steps", zeros({1}, DType::Int64)}, {"lr", zeros({2}, DType::Float64)}}),
      "optimizer: 'lr' is of 2 groups of parameters, but there are 1");
  CHECK_THROWS_WITH(adam.load_state_dict({{"steps", tensor<int64_t>({-1})}}),
                    "optimizer: parameter 0 cannot have had -1 steps");
  CHECK_THROWS_WITH(
      adam.load_state_dict({{"steps", zeros({1}, DType::Int64)}, {"lr", tensor<double>({-0.5})}}),
      "optimizer: the learning rate must not be negative, got -0.5");
  CHECK(adam.lr() == 1e-3);
}

TEST_CASE("optimiser state without the buffers of its steps is refused", "[training]") {
  const Tensor p = start();
  SGD plain({p}, {.lr = 0.5});
  step_down(plain, {p});
  Adam adam({p});
  CHECK_THROWS_WITH(adam.load_state_dict(plain.state_dict()),
                    "optimizer: the state has no 'mean.0', which Adam has after 1 steps");
  CHECK(adam.lr() == 1e-3);
  CHECK(adam.state_dict()[0].second.item() == 0);
  SGD with_momentum({p}, {.momentum = 0.9});  // which plain SGD has no need of
  with_momentum.load_state_dict(plain.state_dict());
  CHECK(with_momentum.lr() == 0.5);
}

TEST_CASE("optimiser state is converted to the parameters' type", "[training]") {
  const Tensor p = start();
  Adam adam({p});
  step_down(adam, {p});
  const Tensor q = converted_copy(p.detach(), DType::Float32).requires_grad_();
  Adam single({q});
  single.load_state_dict(adam.state_dict());
  CHECK(single.state_dict()[2].second.dtype() == DType::Float32);
  step_down(single, {q});
  CHECK(single.state_dict()[0].second.item() == 2);
}

TEST_CASE("what is no parameter is refused", "[training]") {
  Linear layer(2, 3, {.bias = false});
  CHECK_THROWS_WITH(SGD(std::vector{layer.weight, layer.bias}), "optimizer: parameter 1 is undefined");
  CHECK_THROWS_WITH(SGD(std::vector{zeros({2}, DType::Int64)}),
                    "optimizer: parameters must be of floating point, got int64 of shape [2]");
}

TEST_CASE("an optimiser made before its model changed type says so", "[training]") {
  Linear layer(1, 1, {.bias = false});
  Adam adam(layer.parameters());
  layer.weight.set_grad(ones({1, 1}));
  adam.step();
  layer.to(DType::Float64);
  CHECK_THROWS_WITH(adam.step(),
                    "Adam: 'mean.0' is float32, but its parameter is float64; make the optimiser after "
                    "converting the model");
}

TEST_CASE("a learning rate is never negative", "[training]") {
  SGD sgd({start()});
  CHECK_THROWS_WITH(sgd.set_lr(-1), "SGD: the learning rate must not be negative, got -1");
  CHECK_THROWS_WITH(sgd.set_lr(0, std::nan("")), "SGD: the learning rate must not be negative, got nan");
  CHECK(sgd.lr() == 1e-3);
}

TEST_CASE("wrong options of optimisers are named", "[training]") {
  const Tensor p = start();
  CHECK_THROWS_WITH(SGD(std::vector<Tensor>()), "optimizer: there are no parameters to train");
  CHECK_THROWS_WITH(SGD(std::vector<ParameterGroup<SGDOptions>>()),
                    "optimizer: there are no parameters to train");
  CHECK_THROWS_WITH(SGD({p}, {.lr = -1}), "optimizer: the learning rate must not be negative, got -1");
  CHECK_THROWS_WITH(SGD({p}, {.nesterov = true}),
                    "SGD: Nesterov needs momentum and no dampening, got momentum 0 and dampening 0");
  CHECK_THROWS_WITH(Adam({p}, {.beta1 = 1}), "Adam: betas must lie in [0, 1), got 1 and 0.999");
  CHECK_THROWS_WITH(Lion({p}, {.beta2 = 1}), "Lion: betas must lie in [0, 1), got 0.9 and 1");
  CHECK_THROWS_WITH(RMSprop({p}, {.alpha = -1}),
                    "RMSprop: alpha, eps, weight_decay and momentum must not be negative, got -1, 1e-08, 0 "
                    "and 0");
  CHECK_THROWS_WITH(
      Adagrad({p}, {.lr_decay = -1}),
      "Adagrad: lr_decay, weight_decay, initial_accumulator_value and eps must not be negative, "
      "got -1, 0, 0 and 1e-10");
  CHECK_THROWS_WITH(Adagrad({p}).momentum(), "Adagrad has no momentum");
  CHECK_THROWS_WITH(AdamW({p}, {.beta1 = 1}), "AdamW: betas must lie in [0, 1), got 1 and 0.999");
  CHECK_THROWS_WITH(Muon({zeros({2, 2})}, {.eps = -1}),
                    "Muon: momentum, weight_decay and eps must not be negative, got 0.95, 0.1 and -1");
  CHECK_THROWS_WITH(Muon({p}), "Muon: parameters must be matrices, got one of shape [3]");
}
