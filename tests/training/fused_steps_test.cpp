// On the GPU one launch updates many parameters. The numbers are those of parameters that have an optimiser,
// and so a launch, each for themselves: the same bits.

#include "tensor/cuda_built.h"
#include "tensor/cuda_memory.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "training/adam.h"
#include "training/sgd.h"

using namespace helder;

namespace {

// More tensors than a launch takes, of sizes around that of a block's piece, some of them empty.
constexpr int kTensors = 70;
int64_t size_of_tensor(int i) { return i % 7 == 0 ? 0 : i % 10 == 9 ? 4095 + i % 3 : 1 + 3 * i; }

std::vector<Tensor> parameters_on_gpu() {
  Generator generator(1);
  std::vector<Tensor> parameters;
  for (int i = 0; i < kTensors; ++i) {
    parameters.push_back(randn({size_of_tensor(i)}, DType::Float32, generator).to(Device::Cuda));
    parameters.back().requires_grad_();
  }
  return parameters;
}

void set_gradients(std::vector<Tensor>& parameters, uint64_t step) {
  Generator generator(step + 2);
  for (size_t i = 0; i < parameters.size(); ++i) {
    const Tensor grad = randn(parameters[i].shape(), DType::Float32, generator).to(Device::Cuda);
    parameters[i].set_grad(step == 1 && i == 3 ? Tensor() : grad);  // so that one is a step behind
  }
}

template <class Make>
void check_fused(const Make& make) {
  if (!cuda::is_available()) {
    WARN("skipped: " << (kCudaBuilt ? "there is no GPU here" : "this build has no CUDA kernels"));
    return;
  }
  std::vector<Tensor> together = parameters_on_gpu(), alone = parameters_on_gpu();
  const auto fused = make(together);
  std::vector<decltype(make(alone))> each;
  for (const Tensor& parameter : alone) {
    each.push_back(make({parameter}));
  }
  for (uint64_t step = 0; step < 3; ++step) {
    set_gradients(together, step);
    set_gradients(alone, step);
    fused->step();
    for (const auto& optimizer : each) {
      optimizer->step();
    }
  }
  const std::vector<Tensor> before = parameters_on_gpu();
  for (size_t i = 0; i < together.size(); ++i) {
    INFO("parameter " << i << " of " << together[i].numel());
    const auto values = together[i].to_vector<float>();
    CHECK(values == alone[i].to_vector<float>());
    CHECK((values.empty() || values != before[i].to_vector<float>()));
  }
}

}  // namespace

TEST_CASE("SGD: many parameters by one launch, the same bits", "[device][optimizer]") {
  check_fused([](const std::vector<Tensor>& parameters) {
    return std::make_unique<SGD>(
        parameters, SGDOptions{.lr = 0.1, .momentum = 0.9, .dampening = 0.2, .weight_decay = 0.01});
  });
}

TEST_CASE("AdamW: many parameters by one launch, the same bits", "[device][optimizer]") {
  check_fused([](const std::vector<Tensor>& parameters) {
    return std::make_unique<AdamW>(parameters, AdamWOptions{.lr = 0.1, .amsgrad = true});
  });
}
