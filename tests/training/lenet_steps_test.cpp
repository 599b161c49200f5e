// LeNet follows PyTorch through 50 training steps from the same weights and batches: forward, backward and
// optimiser together. tests/fixtures/generate_lenet_steps.py draws the same numbers and wrote the losses.

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "autograd/ops/cross_entropy.h"
#include "models/lenet.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/paths.h"
#include "training/adam.h"
#include "training/sgd.h"

using namespace helder;

namespace {

constexpr int64_t kSteps = 50, kBatch = 16, kClasses = 10, kSide = 28;

// Knuth's 64-bit linear congruential generator (MMIX), as in the script.
class Lcg {
 public:
  int64_t bits() {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<int64_t>(state_ >> 40);
  }
  double uniform() { return static_cast<double>(bits()) * 0x1p-24; }

 private:
  uint64_t state_ = 35;
};

StateDict initial_weights(const Module& model, Lcg& lcg) {
  StateDict state;
  double bound = 0;
  for (const auto& [name, parameter] : model.named_parameters()) {
    if (parameter.rank() > 1) {  // a weight; its bias follows, with the same bound
      bound = 1 / std::sqrt(static_cast<double>(parameter.numel() / parameter.size(0)));
    }
    Tensor values = empty(parameter.shape(), DType::Float64);
    for (int64_t i = 0; i < values.numel(); ++i) {
      values.data<double>()[i] = (2 * lcg.uniform() - 1) * bound;
    }
    state.emplace_back(name, values);
  }
  return state;
}

struct Batch {
  Tensor images = empty({kBatch, 1, kSide, kSide}, DType::Float64);
  Tensor labels = empty({kBatch}, DType::Int64);
};

std::vector<Batch> batches(Lcg& lcg) {
  std::vector<double> patterns(kClasses * 49);
  for (double& value : patterns) {
    value = lcg.uniform();
  }
  std::vector<Batch> result(kSteps);
  for (Batch& batch : result) {
    for (int64_t n = 0; n < kBatch; ++n) {
      const int64_t label = batch.labels.at<int64_t>({n}) = lcg.bits() % kClasses;
      for (int64_t row = 0; row < kSide; ++row) {
        for (int64_t column = 0; column < kSide; ++column) {
          const double square = patterns[static_cast<size_t>(label * 49 + row / 4 * 7 + column / 4)];
          batch.images.at<double>({n, 0, row, column}) = square + lcg.uniform() - 1;
        }
      }
    }
  }
  return result;
}

// The largest relative distance of a loss from PyTorch's.
template <class MakeOptimizer>
double distance(const char* optimizer_name, DType dtype, MakeOptimizer make_optimizer) {
  std::ifstream file(testing::source_path("tests/fixtures/lenet_steps.json"));
  const auto expected = nlohmann::json::parse(file)
                            .at(optimizer_name)
                            .at(std::string(name_of(dtype)))
                            .get<std::vector<double>>();
  REQUIRE(expected.size() == kSteps);

  Lcg lcg;
  LeNet model;
  model.to(dtype);
  model.load_state_dict(initial_weights(model, lcg));
  auto optimizer = make_optimizer(model.parameters());
  double worst = 0;
  size_t step = 0;
  for (const Batch& batch : batches(lcg)) {
    const Tensor loss = cross_entropy(model(batch.images.to(dtype)), batch.labels);
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
    const double error = std::abs(loss.item() - expected[step]) / std::abs(expected[step]);
    worst = std::isfinite(error) ? std::max(worst, error) : INFINITY;
    ++step;
  }
  return worst;
}

const auto sgd = [](const std::vector<Tensor>& parameters) {
  return SGD(parameters, {.lr = 0.05, .momentum = 0.9});
};
const auto adam = [](const std::vector<Tensor>& parameters) { return Adam(parameters, {.lr = 1e-3}); };

}  // namespace

TEST_CASE("lenet_steps: 50 steps of SGD with momentum as PyTorch takes them", "[training]") {
  CHECK(distance("sgd", DType::Float64, sgd) < 1e-8);
  CHECK(distance("sgd", DType::Float32, sgd) < 1e-3);
}

TEST_CASE("lenet_steps: 50 steps of Adam as PyTorch takes them", "[training]") {
  CHECK(distance("adam", DType::Float64, adam) < 1e-8);
  CHECK(distance("adam", DType::Float32, adam) < 1e-3);
}

TEST_CASE("lenet_steps: another optimiser would be noticed", "[training]") {
  const auto without_momentum = [](const std::vector<Tensor>& parameters) {
    return SGD(parameters, {.lr = 0.05});
  };
  CHECK(distance("sgd", DType::Float32, without_momentum) > 0.01);
}
