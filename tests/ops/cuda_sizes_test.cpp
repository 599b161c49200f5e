// The op tables hold small tensors. Here are those whose size decides how a kernel for the GPU goes about
// them: rows for a warp and for a block, sums in several parts. The CPU's results are what they have to be.

#include <functional>

#include "autograd/ops.h"
#include "tensor/cuda_memory.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

namespace {

using Op = std::function<Tensor(In)>;

// Runs `op` forward and backward on both devices, in both types. Inputs of real numbers get gradients, those
// from `constants` on none.
void check_on_both(const std::string& what, const std::vector<Tensor>& inputs, size_t constants,
                   const Op& op) {
  for (DType real : {DType::Float64, DType::Float32}) {
    const double tolerance = real == DType::Float64 ? 1e-10 : 2e-5;
    const auto placed = [&](Device device) {
      std::vector<Tensor> x;
      for (size_t i = 0; i < inputs.size(); ++i) {
        x.push_back(
            inputs[i].clone().to(is_floating_point(inputs[i].dtype()) ? real : inputs[i].dtype()).to(device));
        if (i < constants) {
          x[i].requires_grad_();
        }
      }
      return x;
    };
    const auto here = placed(Device::Cpu), there = placed(Device::Cuda);
    const Tensor y = op(here), z = op(there);
    REQUIRE(z.is_cuda());
    Generator generator(5);
    const Tensor dy = rand(y.shape(), real, generator);
    y.backward(dy);
    z.backward(dy.to(Device::Cuda));
    const std::string in = fmt::format("{} in {}, ", what, name_of(real));
    CHECK(in + first_difference(z.detach(), y.detach(), tolerance) == in);
    for (size_t i = 0; i < inputs.size(); ++i) {
      INFO(in << "input " << i);
      CHECK(first_difference(there[i].detach(), here[i].detach(), tolerance).empty());  // running statistics
      if (i < constants) {
        CHECK(first_difference(there[i].grad(), here[i].grad(), tolerance) == "");
      }
    }
  }
}

Tensor random(const Shape& shape, uint64_t seed = 1) {
  Generator generator(seed);
  return randn(shape, DType::Float64, generator);
}

}  // namespace

TEST_CASE("cuda: layer norm and RMS norm of short, long and many rows", "[ops][cuda]") {
  if (!cuda::is_available()) {
    return;
  }
  for (const Shape& shape : {Shape{70, 33}, Shape{2, 260}, Shape{1, 1025}, Shape{1, 4100}}) {
    const int64_t n = shape[1];
    check_on_both(fmt::format("layer norm of {}", shape), {random(shape), random({n}, 2), random({n}, 3)}, 3,
                  [n](In x) { return layer_norm(x[0], {n}, x[1], x[2]); });
    check_on_both(fmt::format("RMS norm of {}", shape), {random(shape), random({n}, 2)}, 2,
                  [n](In x) { return rms_norm(x[0], {n}, x[1]); });
  }
}

TEST_CASE("cuda: batch norm of channels in several parts", "[ops][cuda]") {
  if (!cuda::is_available()) {
    return;
  }
  for (const Shape& shape : {Shape{1, 2, 91, 91}, Shape{600, 2}, Shape{5, 40}, Shape{20, 3, 7}}) {
    const int64_t c = shape[1];
    const std::vector<Tensor> inputs = {random(shape) + 3, random({c}, 2), random({c}, 3), random({c}, 4),
                                        rand({c}, DType::Float64)};
    check_on_both(fmt::format("batch norm of {}", shape), inputs, 3,
                  [](In x) { return batch_norm(x[0], x[3], x[4], x[1], x[2], true, 0.3); });
    check_on_both(fmt::format("batch norm in evaluation of {}", shape), inputs, 3,
                  [](In x) { return batch_norm(x[0], x[3], x[4], x[1], x[2], false); });
  }
}

TEST_CASE("cuda: group norm and instance norm of groups for many warps", "[ops][cuda]") {
  if (!cuda::is_available()) {
    return;
  }
  const std::vector<Tensor> inputs = {random({2, 6, 30, 31}), random({6}, 2), random({6}, 3), random({6}, 4),
                                      rand({6}, DType::Float64)};
  check_on_both("group norm", inputs, 3, [](In x) { return group_norm(x[0], 2, x[1], x[2]); });
  check_on_both("instance norm", inputs, 3,
                [](In x) { return instance_norm(x[0], x[3], x[4], x[1], x[2], true); });
}

TEST_CASE("cuda: cross entropy of many classes, and of pixels", "[ops][cuda]") {
  if (!cuda::is_available()) {
    return;
  }
  Tensor labels = arange(0, 40) * 7;
  labels.at<int64_t>({3}) = -100;
  const CrossEntropyOptions smooth{.label_smoothing = 0.1};
  check_on_both("rows", {random({40, 300}), labels}, 1,
                [&](In x) { return cross_entropy(x[0], x[1], smooth); });
  const Tensor pixels = arange(0, 2 * 300).reshape({2, 300}) * 11;
  check_on_both("pixels",
                {random({2, 5, 300}), pixels - div(pixels.to(DType::Float64), 5).to(DType::Int64) * 5}, 1,
                [&](In x) { return cross_entropy(x[0], x[1], smooth); });
  check_on_both("negative log likelihood", {random({40, 300}), labels}, 1,
                [](In x) { return nll_loss(x[0], x[1]); });
}

TEST_CASE("cuda: a bad label, probability or sign is named as on the CPU", "[ops][cuda]") {
  if (!cuda::is_available()) {
    return;
  }
  Tensor labels = zeros({700}, DType::Int64);
  labels.at<int64_t>({650}) = 3;
  labels.at<int64_t>({690}) = -7;
  const Tensor scores = zeros({700, 3}, DType::Float32, Device::Cuda);
  CHECK_THROWS_WITH(cross_entropy(scores, labels.to(Device::Cuda)),
                    "cross_entropy: label[650] is 3, but there are 3 classes (input [700,3])");
  const Tensor p = full({20, 30}, 0.5).to(Device::Cuda);
  Tensor bad = full({20, 30}, 1);
  bad.at<float>({7, 2}) = 1.5F;
  CHECK_THROWS_WITH(binary_cross_entropy(p, bad.to(Device::Cuda)),
                    "binary_cross_entropy: target[7,2] is 1.5, not a probability in [0, 1]");
  CHECK_THROWS_WITH(cosine_embedding_loss(p, p, zeros({20}, DType::Float32, Device::Cuda)),
                    "cosine_embedding_loss: target[0] is 0, neither 1 nor -1");
}

TEST_CASE("cuda: dropout drops what it drops on the CPU", "[ops][cuda]") {
  if (!cuda::is_available()) {
    return;
  }
  using Drop = Tensor (*)(const Tensor&, Generator&);
  const Drop elements = [](const Tensor& x, Generator& g) { return dropout(x, 0.3, true, g); };
  const Drop everything = [](const Tensor& x, Generator& g) { return dropout(x, 1, true, g); };
  const Drop planes = [](const Tensor& x, Generator& g) {
    return dropout2d(x.reshape({1, 2, 1, -1}), 0.5, true, g);
  };
  const Drop paths = [](const Tensor& x, Generator& g) { return drop_path(x, 0.5, true, true, g); };
  constexpr int64_t n = 2 * 4201;
  for (DType dtype : {DType::Float32, DType::Float64}) {
    for (int64_t first : {0, 1}) {  // 1: not where loads of 16 bytes may begin
      const auto placed = [&](Device device) {
        Tensor x = random({n + 1}).to(dtype).to(device).slice(0, first, first + n).reshape({2, 4201});
        return x.requires_grad_();
      };
      for (Drop drop : {elements, everything, planes, paths}) {
        Generator here(8), there(8);
        const Tensor a = placed(Device::Cpu), b = placed(Device::Cuda);
        const Tensor y = drop(a, here), z = drop(b, there);
        CHECK(same_bits(z.detach().to(Device::Cpu), y.detach()));
        y.sum().backward();
        z.sum().backward();
        CHECK(same_bits(b.grad().to(Device::Cpu), a.grad()));
      }
    }
  }
}
