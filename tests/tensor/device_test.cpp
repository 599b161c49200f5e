#include "autograd/ops.h"
#include "layers/linear.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/cuda_memory.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using helder::testing::same_bits;

namespace {

// Whether there is anything to test; says so where there is not.
bool no_gpu() {
  if (!cuda::is_available()) {
    WARN("skipped: " << (kCudaBuilt ? "there is no GPU here" : "this build has no CUDA kernels"));
    return true;
  }
  return false;
}

}  // namespace

TEST_CASE("device: without CUDA kernels a tensor stays where it is", "[device]") {
  if (!kCudaBuilt) {
    CHECK_THROWS_WITH(
        ones({2}).to(Device::Cuda),
        "cuda: this build has no CUDA kernels; configure with -DHELDER_CUDA=simt, or with nvcc and a GPU");
  }
}

TEST_CASE("device: bytes travel there and back, of every type and layout", "[device]") {
  if (no_gpu()) {
    return;
  }
  for (DType dtype : {DType::Bool, DType::UInt8, DType::Int64, DType::Float16, DType::BFloat16,
                      DType::Float32, DType::Float64}) {
    const Tensor x = arange(0, 60, 1, DType::Float32).reshape({3, 4, 5}).to(dtype);
    const Tensor there = x.to(Device::Cuda);
    CHECK(there.is_cuda());
    CHECK(there.dtype() == dtype);
    CHECK(same_bits(there.to(Device::Cpu), x));
    // A view of each, copied to where the other lies.
    CHECK(same_bits(there.permute({2, 0, 1}).slice(0, 1, 4, 2).to(Device::Cpu),
                    x.permute({2, 0, 1}).slice(0, 1, 4, 2)));
    Tensor target = zeros({3, 4, 5}, dtype, Device::Cuda);
    target.select(1, 2).copy_(x.select(1, 0));
    CHECK(same_bits(target.select(1, 2).to(Device::Cpu), x.select(1, 0)));
    CHECK(target.select(1, 1).to(DType::Float64).sum().item() == 0);
    // Converted on the way.
    Tensor wide = empty({3, 4, 5}, DType::Float64, Device::Cuda);
    wide.copy_(x);
    CHECK(same_bits(wide.to(Device::Cpu), x.to(DType::Float64)));
  }
  CHECK(same_bits(zeros({0, 3}).to(Device::Cuda).to(Device::Cpu), zeros({0, 3})));
}

TEST_CASE("device: what is asked of the wrong memory is refused, and what is read copied", "[device]") {
  if (no_gpu()) {
    return;
  }
  const Tensor x = tensor<float>({1, 2, 3}).to(Device::Cuda);
  CHECK_THROWS_WITH(x.data<float>(),
                    "data: the tensor is on cuda, and cpu has to read it: move it by to(Device::Cpu)");
  CHECK_THROWS_WITH(tensor<float>({1}).cuda_data<float>(),
                    "data: the tensor is on cpu, and cuda has to read it: move it by to(Device::Cuda)");
  CHECK_THROWS_WITH(x.cuda_data<double>(), "data: the tensor is float32, not float64");
  CHECK_THROWS_WITH(
      add(ones({2, 3}), x),
      "add: the tensors are on two devices (float32 [2,3] on cpu, float32 [3] on cuda); move them to one "
      "by to(Device)");
  CHECK_THROWS_WITH(mul(x, x).requires_grad_().sum().backward(scalar(1)),
                    "backward: the gradient is on cpu but the tensor on cuda");
  CHECK(x.sum().item() == 6);
  CHECK(x.to_vector<float>() == std::vector<float>{1, 2, 3});
  CHECK(x.str() == x.to(Device::Cpu).str());
}

TEST_CASE("device: factories give the same numbers on both", "[device]") {
  if (no_gpu()) {
    return;
  }
  for (DType dtype : {DType::Float32, DType::Float64}) {
    Generator here(7), there(7);
    CHECK(same_bits(rand({3, 5}, dtype, here), rand({3, 5}, dtype, there, Device::Cuda).to(Device::Cpu)));
    // Logarithm and cosine are other implementations on a GPU.
    CHECK(testing::first_difference(randn({40}, dtype, there, Device::Cuda), randn({40}, dtype, here), 1e-6)
              .empty());
    CHECK(here.offset() == there.offset());
    CHECK(same_bits(linspace(0, 1, 7, dtype), linspace(0, 1, 7, dtype, Device::Cuda).to(Device::Cpu)));
  }
  CHECK(same_bits(arange(5), arange(5, Device::Cuda).to(Device::Cpu)));
  CHECK(same_bits(eye(3), eye(3, -1, DType::Float32, Device::Cuda).to(Device::Cpu)));
  CHECK(same_bits(full({2}, 7, DType::Int64), full({2}, 7, DType::Int64, Device::Cuda).to(Device::Cpu)));
  Generator here(3), there(3);
  CHECK(same_bits(randint(0, 9, {20}, DType::Int64, here),
                  randint(0, 9, {20}, DType::Int64, there, Device::Cuda).to(Device::Cpu)));
}

TEST_CASE("device: a freed block serves the next tensor of its size", "[device]") {
  if (no_gpu()) {
    return;
  }
  const auto use = [] { return ones({1000}, DType::Float32, Device::Cuda).sum().item(); };
  use();
  const MemoryStats before = cuda::memory_stats();
  CHECK(use() == 1000);
  const MemoryStats after = cuda::memory_stats();
  CHECK(after.system_allocations == before.system_allocations);
  CHECK(after.cache_hits > before.cache_hits);
  CHECK(after.bytes_in_use == before.bytes_in_use);
}

TEST_CASE("device: gradients cross from one to the other", "[device]") {
  if (no_gpu()) {
    return;
  }
  Tensor x = tensor<float>({1, 2, 3}).requires_grad_();
  mul(x.to(Device::Cuda), 2).sum().backward();
  CHECK(x.grad().is_cpu());
  CHECK(x.grad().to_vector<float>() == std::vector<float>{2, 2, 2});
}

TEST_CASE("device: a module moves with its parameters, gradients and buffers", "[device]") {
  if (no_gpu()) {
    return;
  }
  Linear layer(3, 2);
  layer.weight.set_grad(ones({2, 3}));
  const Tensor weight = layer.weight.detach().clone();
  layer.to(Device::Cuda);
  CHECK(device_of(layer) == Device::Cuda);
  CHECK(layer.weight.is_cuda());
  CHECK(layer.weight.grad().is_cuda());
  CHECK(layer.weight.requires_grad());
  layer.load_state_dict({{"weight", ones({2, 3})}, {"bias", zeros({2})}});  // from the CPU
  CHECK(layer.weight.is_cuda());
  CHECK(layer.weight.sum().item() == 6);
  layer.to(Device::Cpu);
  CHECK(layer.weight.is_cpu());
  CHECK_FALSE(same_bits(layer.weight, weight));
}
