// Products under float32_matmul_precision are those of rounded operands, and nothing else changes.

#include "autograd/matmul_precision.h"

#include <cmath>

#include "autograd/ops.h"
#include "tensor/cuda_memory.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;

namespace {

// x rounded to so many bits of fraction, by arithmetic: independent of how the ops do it. Ties away from zero
// for tf32, to even for bfloat16.
Tensor rounded(const Tensor& x, MatmulPrecision precision) {
  const int bits = precision == MatmulPrecision::High ? 10 : 7;
  Tensor y = x.detach().clone();
  for (int64_t i = 0; i < y.numel(); ++i) {
    int exponent = 0;
    const double scaled = std::ldexp(std::frexp(double{y.data<float>()[i]}, &exponent), bits + 1);
    const double whole = precision == MatmulPrecision::High ? std::round(scaled) : std::nearbyint(scaled);
    y.data<float>()[i] = static_cast<float>(std::ldexp(whole, exponent - bits - 1));
  }
  return y;
}

std::vector<Device> devices() {
  return cuda::is_available() ? std::vector{Device::Cpu, Device::Cuda} : std::vector{Device::Cpu};
}

// f(inputs) and its gradients under a precision, on a device, copied back.
using Function = std::function<Tensor(const std::vector<Tensor>&)>;
std::vector<Tensor> results(const Function& f, const std::vector<Tensor>& inputs, const Tensor& dy,
                            MatmulPrecision precision, Device device) {
  const MatmulPrecisionGuard guard(precision);
  std::vector<Tensor> leaves;
  for (const Tensor& input : inputs) {
    leaves.push_back(input.to(device).detach().clone());
    leaves.back().requires_grad_();
  }
  const Tensor y = f(leaves);
  y.backward(dy.to(device));
  std::vector<Tensor> all = {y.detach().to(Device::Cpu)};
  for (const Tensor& leaf : leaves) {
    all.push_back(leaf.grad().to(Device::Cpu));
  }
  return all;
}

// The products of `f`, which is bilinear in the first two inputs, of rounded operands: y from rounded inputs,
// the gradients from those and a rounded dy, but for the third input's, a bias', which is a sum.
void check_rounds(const char* name, const Function& f, const std::vector<Tensor>& inputs) {
  Generator generator(7);
  const Tensor dy = randn(f(inputs).shape(), DType::Float32, generator);
  for (const MatmulPrecision precision : {MatmulPrecision::High, MatmulPrecision::Medium}) {
    std::vector<Tensor> operands = inputs;
    operands[0] = rounded(inputs[0], precision);
    operands[1] = rounded(inputs[1], precision);
    const auto exact = results(f, inputs, dy, MatmulPrecision::Highest, Device::Cpu);
    auto expected = results(f, operands, rounded(dy, precision), MatmulPrecision::Highest, Device::Cpu);
    if (inputs.size() == 3) {
      expected[3] = exact[3];
    }
    for (const Device device : devices()) {
      const auto got = results(f, inputs, dy, precision, device);
      for (size_t i = 0; i < got.size(); ++i) {
        INFO(name << " " << (precision == MatmulPrecision::High ? "tf32" : "bf16") << " on "
                  << name_of(device) << ", result " << i);
        CHECK(testing::first_difference(got[i], expected[i], 2e-6) == "");
      }
      CHECK(testing::first_difference(got[0], exact[0], 2e-6) != "");  // it was rounded
    }
  }
}

}  // namespace

TEST_CASE("matmul precision: products are those of rounded operands, sums stay", "[ops][precision]") {
  manual_seed(2);
  check_rounds("matmul", [](const auto& x) { return matmul(x[0], x[1]); }, {randn({9, 17}), randn({17, 12})});
  check_rounds("batched matmul", [](const auto& x) { return matmul(x[0], x[1]); },
               {randn({3, 5, 8}), randn({3, 8, 6})});
  check_rounds("linear", [](const auto& x) { return linear(x[0], x[1], x[2]); },
               {randn({5, 20}), randn({6, 20}), randn({6})});
  check_rounds("conv2d", [](const auto& x) { return conv2d(x[0], x[1], x[2], {.padding = 1}); },
               {randn({2, 3, 6, 6}), randn({4, 3, 3, 3}), randn({4})});
  check_rounds("conv_transpose2d",
               [](const auto& x) { return conv_transpose2d(x[0], x[1], x[2], {.stride = 2}); },
               {randn({2, 3, 4, 4}), randn({3, 4, 2, 2}), randn({4})});
}

TEST_CASE("matmul precision: attention takes rounded queries, keys and values", "[ops][precision]") {
  manual_seed(3);
  const std::vector<Tensor> inputs = {randn({2, 7, 8}), randn({2, 9, 8}), randn({2, 9, 8})};
  const Tensor dy = randn({2, 7, 8});
  const Function f = [](const auto& x) { return scaled_dot_product_attention(x[0], x[1], x[2]); };
  std::vector<Tensor> operands;
  for (const Tensor& x : inputs) {
    operands.push_back(rounded(x, MatmulPrecision::Medium));
  }
  const auto expected =
      results(f, operands, rounded(dy, MatmulPrecision::Medium), MatmulPrecision::Highest, Device::Cpu);
  for (const Device device : devices()) {
    const auto got = results(f, inputs, dy, MatmulPrecision::Medium, device);
    for (size_t i = 0; i < got.size(); ++i) {
      INFO("result " << i << " on " << name_of(device));
      CHECK(testing::first_difference(got[i], expected[i], 2e-6) == "");
    }
  }
}

TEST_CASE("matmul precision: infinities, NaN and float64 pass", "[ops][precision]") {
  const MatmulPrecisionGuard guard(MatmulPrecision::Medium);
  const float infinity = std::numeric_limits<float>::infinity();
  const Tensor one = ones({1, 1});
  for (const Device device : devices()) {
    const auto through = [&](float value) {
      return matmul(full({1, 1}, double{value}, DType::Float32, device), one.to(device)).item();
    };
    CHECK(through(infinity) == infinity);
    CHECK(through(-infinity) == -infinity);
    CHECK(std::isnan(through(std::numeric_limits<float>::quiet_NaN())));
    CHECK(through(1.00390625F) == 1);         // 1 + 2^-8, a tie, to even
    CHECK(through(1.01171875F) == 1.015625);  // 1 + 3 2^-8, a tie, to even
    const Tensor wide = full({1, 1}, 1 + 0x1p-40, DType::Float64, device);
    CHECK(matmul(wide, ones({1, 1}, DType::Float64, device)).item() == 1 + 0x1p-40);
  }
}
