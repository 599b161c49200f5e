// Whole networks follow PyTorch through 20 training steps from the same weights and batches.
// tests/fixtures/generate_training_steps.py wrote weights, batches and losses.

#include <array>
#include <cmath>
#include <functional>

#include "autograd/ops.h"
#include "layers/embedding.h"
#include "layers/transformer.h"
#include "models/unet.h"
#include "tensor/factories.h"
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

/// A transformer that turns sequences of symbols round, as in the script.
class Reverser : public Module {
 public:
  static constexpr int64_t kPadding = 0, kSymbols = 12, kWidth = 16;

  Reverser() { register_modules({{"embedding", embedding}, {"transformer", transformer}, {"head", head}}); }

  Embedding embedding{kSymbols, kWidth, {.padding_idx = kPadding}};
  Transformer transformer{{.d_model = kWidth, .nhead = 2, .num_encoder_layers = 2, .num_decoder_layers = 2},
                          {.dim_feedforward = 32, .dropout = 0, .batch_first = true}};
  Linear head{kWidth, kSymbols};

  /// [N, S] and [N, T] -> [N, T, symbols]: what follows each of the target's symbols.
  Tensor operator()(const Tensor& source, const Tensor& target) {
    return call(std::array{source, target}, [&] {
      const Tensor padded = eq(source, kPadding);
      const Tensor later = triu(ones({target.size(1), target.size(1)}, DType::Bool), 1);
      return head(transformer(embed(source), embed(target),
                              {.src = {.key_padding_mask = padded},
                               .tgt = {.key_padding_mask = eq(target, kPadding), .attn_mask = later},
                               .memory = {.key_padding_mask = padded}}));
    });
  }

 private:
  Tensor embed(const Tensor& symbols) {
    const Tensor positions = arange(0, symbols.size(1), 1, DType::Float64);
    return embedding(symbols) + sine_positions(positions, kWidth).to(embedding.weight.dtype());
  }
};

double transformer_distance(DType dtype) {
  const SafetensorsFile file(testing::source_path("tests/fixtures/transformer_steps.safetensors"));
  const Tensor sources = file.tensor("sources"), targets = file.tensor("targets");
  Reverser net;
  return distance(
      file, net, dtype,
      [](std::vector<Tensor> parameters) {
        return std::make_unique<Adam>(std::move(parameters), AdamOptions{.lr = 3e-3});
      },
      [&](int64_t step) {
        const int64_t batch = step % sources.size(0);
        const Tensor target = targets[batch];
        const Tensor logits = net(sources[batch], target.slice(1, 0, -1));
        return cross_entropy(logits.flatten(0, 1), target.slice(1, 1, {}).flatten(),
                             {.ignore_index = Reverser::kPadding});
      });
}

}  // namespace

TEST_CASE("network_steps: a transformer, encoder and decoder, learns as in PyTorch", "[training][models]") {
  CHECK(transformer_distance(DType::Float64) < 1e-8);
  CHECK(transformer_distance(DType::Float32) < 1e-3);
}

TEST_CASE("network_steps: a U-Net learns as in PyTorch", "[training][models]") {
  CHECK(unet_distance(DType::Float64) < 1e-8);
  CHECK(unet_distance(DType::Float32) < 1e-3);
}

TEST_CASE("network_steps: another learning rate would be noticed", "[training]") {
  CHECK(unet_distance(DType::Float64, 3.1e-3) > 1e-4);
}
