// A network with most kinds of layers trains alike on the CPU and on the GPU: in float64 the losses of both
// agree to rounding, step by step.

#include <cmath>

#include "autograd/ops/cross_entropy.h"
#include "layers/activations.h"
#include "layers/batch_norm.h"
#include "layers/conv2d.h"
#include "layers/dropout.h"
#include "layers/flatten.h"
#include "layers/layer_norm.h"
#include "layers/linear.h"
#include "layers/pooling.h"
#include "layers/sequential.h"
#include "tensor/cuda_built.h"
#include "tensor/cuda_memory.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "training/adam.h"

using namespace helder;

namespace {

struct Run {
  std::vector<double> losses;
  uint64_t late_allocations = 0;  // that the device's allocator made after the second step
};

Run train(Device device) {
  manual_seed(3);
  const Tensor images = randn({8, 1, 12, 12}, DType::Float64), labels = randint(0, 4, {8});
  Sequential network = {make<Conv2d>(1, 6, 3), make<BatchNorm2d>(6),       make<ReLU>(),
                        make<MaxPool2d>(2),    make<Conv2d>(6, 8, 3),      make<GELU>(),
                        make<Flatten>(),       make<LayerNorm>(Shape{72}), make<Dropout>(0.25),
                        make<Linear>(72, 4)};
  network.to(DType::Float64).to(device);
  AdamW adam(network.parameters(), {.lr = 1e-3});
  const Tensor x = images.to(device), target = labels.to(device);
  Run run;
  uint64_t early = 0;
  for (int step = 0; step < 10; ++step) {
    if (step == 2) {
      early = cuda::memory_stats().system_allocations;
    }
    adam.zero_grad();
    const Tensor loss = cross_entropy(network(x), target);
    loss.backward();
    adam.step();
    run.losses.push_back(loss.item());
  }
  run.late_allocations = cuda::memory_stats().system_allocations - early;
  return run;
}

}  // namespace

TEST_CASE("a network's losses on the GPU are those on the CPU", "[device]") {
  if (!cuda::is_available()) {
    WARN("skipped: " << (kCudaBuilt ? "there is no GPU here" : "this build has no CUDA kernels"));
    return;
  }
  const Run cpu = train(Device::Cpu), cuda = train(Device::Cuda);
  REQUIRE(cpu.losses.size() == cuda.losses.size());
  for (size_t step = 0; step < cpu.losses.size(); ++step) {
    INFO("step " << step);
    CHECK(std::abs(cpu.losses[step] - cuda.losses[step]) <= 1e-9 * cpu.losses[step]);
  }
  CHECK(cpu.losses.back() < cpu.losses.front());
  CHECK(cuda.late_allocations == 0);  // a steady step asks the device for no memory
}
