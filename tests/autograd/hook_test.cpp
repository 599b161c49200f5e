#include "autograd/grad_mode.h"
#include "autograd/ops.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using helder::testing::check_errors;

namespace {

Tensor leaf(std::initializer_list<double> values) { return tensor<double>(values).requires_grad_(); }
const auto keep = [](const Tensor&) { return Tensor(); };

}  // namespace

TEST_CASE("hook: sees the whole gradient of a tensor, once", "[autograd]") {
  const Tensor x = leaf({1, 2});
  const Tensor y = x * 2;
  std::vector<std::vector<double>> seen;
  y.register_hook([&](const Tensor& grad) {
    seen.push_back(grad.to_vector<double>());
    return Tensor();
  });
  (y + y * 3).sum().backward();  // two uses
  CHECK(seen == std::vector<std::vector<double>>{{4, 4}});
  CHECK(x.grad().to_vector<double>() == std::vector<double>{8, 8});
}

TEST_CASE("hook: each gets what the one before it returned", "[autograd]") {
  const Tensor x = leaf({1});
  const Tensor y = x * 2;
  y.retain_grad();
  std::vector<double> seen;
  const auto hook = [&seen](double factor) {
    return [&seen, factor](const Tensor& grad) {
      seen.push_back(grad.item());
      return factor == 1 ? Tensor() : grad * factor;
    };
  };
  y.register_hook(hook(10));
  y.register_hook(hook(1));
  y.register_hook(hook(5));
  y.register_hook(hook(1));
  y.backward();
  CHECK(seen == std::vector<double>{1, 10, 10, 50});
  CHECK(y.grad().item() == 50);
  CHECK(x.grad().item() == 100);
}

TEST_CASE("hook: on a leaf, before the gradient is added", "[autograd]") {
  const Tensor x = leaf({3});
  x.register_hook([](const Tensor& grad) { return grad * 0.5; });
  (x * x).backward();
  CHECK(x.grad().item() == 3);
  (x * x).backward();
  CHECK(x.grad().item() == 6);  // half of each, not half of the sum
}

TEST_CASE("hook: on the tensor that backward starts from", "[autograd]") {
  const Tensor x = leaf({3});
  const Tensor y = x * 2;
  y.register_hook([](const Tensor& grad) { return grad * 7; });
  y.backward();
  CHECK(x.grad().item() == 14);
}

TEST_CASE("hook: removal", "[autograd]") {
  const Tensor x = leaf({1});
  int calls = 0;
  const auto count = [&calls](int weight) {
    return [&calls, weight](const Tensor&) {
      calls += weight;
      return Tensor();
    };
  };
  const int first = x.register_hook(count(1));
  const int second = x.register_hook(count(10));
  const int third = x.register_hook(count(100));
  x.remove_hook(second);
  (x * 2).backward();
  CHECK(calls == 101);
  x.remove_hook(first);
  (x * 2).backward();
  CHECK(calls == 201);
  x.remove_hook(third);
  (x * 2).backward();
  CHECK(calls == 201);
}

TEST_CASE("hook: runs without recording", "[autograd]") {
  const Tensor x = leaf({1});
  bool recorded = true;
  x.register_hook([&](const Tensor&) {
    recorded = grad_enabled();
    return Tensor();
  });
  (x * 2).backward();
  CHECK_FALSE(recorded);
}

TEST_CASE("hook: errors", "[autograd]") {
  check_errors({
      {"register_hook: the tensor does not require grad", [] { ones({2}).register_hook(keep); }},
      {"remove_hook: the tensor does not require grad", [] { ones({2}).remove_hook(0); }},
      {"remove_hook: there is no hook 1",
       [] {
         const Tensor x = leaf({1});
         x.register_hook(keep);
         x.remove_hook(1);
       }},
      {"backward: a hook on mul turned a gradient of shape [2] into [3]",
       [] {
         const Tensor y = leaf({1, 2}) * 2;
         y.register_hook([](const Tensor&) { return ones({3}, DType::Float64); });
         y.sum().backward();
       }},
  });
}
