// Whole networks follow PyTorch through 20 training steps from the same weights and batches.
// tests/fixtures/generate_training_steps.py wrote weights, batches and losses.

#include <cmath>
#include <functional>

#include "autograd/ops/mse_loss.h"
#include "autograd/ops/select.h"
#include "models/unet.h"
#include "tests/catch.h"
#include "tests/paths.h"
#include "training/adam.h"
#include "weights/safetensors.h"

using namespace helder;

namespace {

constexpr int64_t kSteps = 20;

/// The tensors of a fixture whose names begin with `prefix`, without it.
StateDict part(const SafetensorsFile& file, const std::string& prefix) {
  StateDict state;
  for (const std::string& name : file.names()) {
    if (name.starts_with(prefix)) {
      state.emplace_back(name.substr(prefix.size()), file.tensor(name));
    }
  }
  return state;
}

/// The largest relative distance of a loss from PyTorch's. `loss_of` computes it for one step; the fixture's
/// batches are taken in turn.
double distance(const SafetensorsFile& file, Module& model, DType dtype,
                const std::function<std::unique_ptr<Optimizer>(std::vector<Tensor>)>& make_optimizer,
                const std::function<Tensor(int64_t step)>& loss_of) {
  model.to(dtype);
  model.load_state_dict(part(file, "model."));
  const auto optimizer = make_optimizer(model.parameters());
  const auto expected = file.tensor("losses." + std::string(name_of(dtype))).to_vector<double>();
  REQUIRE(expected.size() == kSteps);
  double worst = 0;
  for (int64_t step = 0; step < kSteps; ++step) {
    const Tensor loss = loss_of(step);
    optimizer->zero_grad();
    loss.backward();
    optimizer->step();
    const double should_be = expected[static_cast<size_t>(step)];
    const double error = std::abs(loss.item() - should_be) / std::abs(should_be);
    worst = std::isfinite(error) ? std::max(worst, error) : INFINITY;
  }
  return worst;
}

double unet_distance(DType dtype, double lr = 3e-3) {
  const SafetensorsFile file(testing::source_path("tests/fixtures/unet_steps.safetensors"));
  const Tensor noisy = file.tensor("noisy").to(dtype), clean = file.tensor("clean").to(dtype);
  UNet net({.in_channels = 2, .out_channels = 2, .widths = {4, 8, 12}, .groups = 2});
  return distance(
      file, net, dtype,
      [&](std::vector<Tensor> parameters) {
        return std::make_unique<AdamW>(std::move(parameters), AdamWOptions{.lr = lr});
      },
      [&](int64_t step) {
        const int64_t batch = step % noisy.size(0);
        return mse_loss(net(noisy[batch]), clean[batch]);
      });
}

}  // namespace

TEST_CASE("network_steps: a U-Net learns as in PyTorch", "[training][models]") {
  CHECK(unet_distance(DType::Float64) < 1e-8);
  CHECK(unet_distance(DType::Float32) < 1e-3);
}

TEST_CASE("network_steps: another learning rate would be noticed", "[training]") {
  CHECK(unet_distance(DType::Float64, 3.1e-3) > 1e-4);
}
