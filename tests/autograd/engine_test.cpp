#include "autograd/engine.h"

#include "autograd/node.h"
#include "autograd/ops.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using helder::testing::check_errors;

namespace {

Tensor leaf(std::initializer_list<double> values) { return tensor<double>(values).requires_grad_(); }

using Numbers = std::vector<double>;
Numbers numbers(const Tensor& x) { return x.to_vector<double>(); }

}  // namespace

TEST_CASE("engine: uses of one tensor add up", "[autograd]") {
  const Tensor x = leaf({1, 2, 3});
  (x * x + x * 3).sum().backward();  // 2x + 3
  CHECK(numbers(x.grad()) == Numbers{5, 7, 9});
}

TEST_CASE("engine: a diamond is passed once", "[autograd]") {
  // Each level doubles the number of paths: 2^60 of them would take for ever one by one.
  const Tensor x = leaf({1});
  Tensor y = x;
  for (int i = 0; i < 60; ++i) {
    y = y + y;
  }
  y.backward();
  CHECK(x.grad().item() == 0x1p60);
}

TEST_CASE("engine: branches of different length meet in order", "[autograd]") {
  const Tensor x = leaf({2});
  const Tensor a = x * 3;
  Tensor b = a;
  for (int i = 0; i < 5; ++i) {
    b = b * 2;
  }
  (a * b).backward();  // 9 x^2 2^5
  CHECK(x.grad().item() == 2 * 9 * 32 * 2);
}

TEST_CASE("engine: a chain of 200000 ops overflows no stack", "[autograd]") {
  const auto chain = [](const Tensor& x) {
    Tensor y = x;
    for (int i = 0; i < 100'000; ++i) {
      y = (y + y) * 0.5;
    }
    return y;
  };
  SECTION("backward") {
    const Tensor x = leaf({1, 2});
    chain(x).sum().backward();
    CHECK(numbers(x.grad()) == Numbers{1, 1});
  }
  SECTION("thrown away unused") {
    const Tensor x = leaf({1, 2});
    CHECK(numbers(chain(x)) == Numbers{1, 2});
  }
}

TEST_CASE("engine: gradients of two leaves have memory of their own", "[autograd]") {
  const Tensor a = leaf({1, 2}), b = leaf({3, 4});
  (a + b).sum().backward();
  CHECK_FALSE(a.grad().shares_storage(b.grad()));
  a.grad().fill_(7);
  CHECK(numbers(b.grad()) == Numbers{1, 1});

  const Tensor given = tensor<double>({1, 1});
  const Tensor c = leaf({1, 2});
  c.clone().backward(given);
  CHECK_FALSE(c.grad().shares_storage(given));
}

TEST_CASE("engine: a gradient is contiguous even where backward gave a stretched view", "[autograd]") {
  const Tensor x = leaf({1, 2, 3});
  x.sum().backward();
  CHECK(x.grad().is_contiguous());
  CHECK(numbers(x.grad()) == Numbers{1, 1, 1});
}

TEST_CASE("engine: two backwards accumulate, set_grad({}) starts again", "[autograd]") {
  Tensor x = leaf({1, 2});
  (x * x).sum().backward();
  const Tensor held = x.grad();
  (x * x).sum().backward();
  CHECK(numbers(x.grad()) == Numbers{4, 8});
  CHECK(numbers(held) == Numbers{2, 4});  // what somebody holds is left alone
  x.set_grad({});
  CHECK_FALSE(x.grad().defined());
  (x * 5).sum().backward();
  CHECK(numbers(x.grad()) == Numbers{5, 5});
}

TEST_CASE("engine: backward with a given gradient", "[autograd]") {
  const Tensor x = leaf({1, 2, 3});
  const Tensor gradient = tensor<double>({1, 10, 100});
  (x * 2).backward(gradient);
  CHECK(numbers(x.grad()) == Numbers{2, 20, 200});
  CHECK(numbers(gradient) == Numbers{1, 10, 100});
}

TEST_CASE("engine: backward from a leaf", "[autograd]") {
  const Tensor x = leaf({3});
  x.backward();
  CHECK(x.grad().item() == 1);
}

TEST_CASE("engine: only what requires a gradient gets one", "[autograd]") {
  const Tensor x = leaf({1, 2}), constant = tensor<double>({3, 4});
  const Tensor y = x * constant;
  CHECK(y.requires_grad());
  y.sum().backward();
  CHECK(numbers(x.grad()) == Numbers{3, 4});
  CHECK_FALSE(constant.grad().defined());
  CHECK_FALSE((constant * constant).requires_grad());
}

TEST_CASE("engine: a graph outlives the tensors that made it", "[autograd]") {
  const Tensor x = leaf({2});
  Tensor y;
  {
    const Tensor a = x * 3;
    y = a * a;
  }
  y.backward();
  CHECK(x.grad().item() == 36);
}

TEST_CASE("engine: a leaf that is gone is no harm", "[autograd]") {
  const Tensor x = leaf({2});
  Tensor y;
  {
    const Tensor gone = leaf({5});
    y = x * gone;
  }
  y.backward();
  CHECK(x.grad().item() == 5);
}

TEST_CASE("engine: mixed types, gradients come back in each input's type", "[autograd]") {
  Tensor single = tensor<float>({1, 2});
  single.requires_grad_();
  const Tensor twice = leaf({3, 4});
  const Tensor y = single * twice * tensor<int64_t>({2, 2});
  CHECK(y.dtype() == DType::Float64);
  y.sum().backward();
  CHECK(single.grad().dtype() == DType::Float32);
  CHECK(twice.grad().dtype() == DType::Float64);
  CHECK(numbers(single.grad()) == Numbers{6, 8});
  CHECK(numbers(twice.grad()) == Numbers{2, 4});

  Tensor half = tensor<float>({1, 2}).to(DType::Float16);
  half.requires_grad_();
  (half.to(DType::Float32) * 3).sum().backward();
  CHECK(half.grad().dtype() == DType::Float16);
  CHECK(numbers(half.grad()) == Numbers{3, 3});
}

TEST_CASE("engine: errors", "[autograd]") {
  check_errors({
      {"backward: nothing to differentiate: no input of this tensor requires grad",
       [] { ones({1}).backward(); }},
      {"backward: a tensor of shape [2] needs a gradient; only one element has an obvious one, 1",
       [] {
         (leaf({1, 2}) * 2).backward();
       }},
      {"backward: the gradient is float64 [3] but the tensor is float64 [2]",
       [] {
         (leaf({1, 2}) * 2).backward(ones({3}, DType::Float64));
       }},
      {"backward: the gradient is float32 [2] but the tensor is float64 [2]",
       [] {
         (leaf({1, 2}) * 2).backward(ones({2}));
       }},
  });
}

namespace {

// A node whose backward returns what it is told to.
struct CarelessNode final : Node {
  CarelessNode() : Node("careless") {}
  std::vector<Tensor> gradients;
  std::vector<Tensor> backward(const Tensor&) override { return gradients; }
};

void careless(std::vector<Tensor> gradients) {
  const Tensor x = leaf({1, 2});
  Tensor y = ones({1}, DType::Float64);
  record<CarelessNode>(y, x)->gradients = std::move(gradients);
  y.backward();
}

}  // namespace

TEST_CASE("engine: a node that returns nonsense is named", "[autograd]") {
  check_errors({
      {"backward: careless returned 0 gradients for 1 inputs", [] { careless({}); }},
      {"backward: careless returned a gradient of shape [3] for its input 0 of shape [2]",
       [] { careless({ones({3}, DType::Float64)}); }},
  });
}
