#include "autograd/gradcheck.h"

#include <cmath>

#include "autograd/node.h"
#include "autograd/ops.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

namespace {

Tensor random_leaf(const Shape& shape, uint64_t seed = 1) {
  Generator generator(seed);
  return randn(shape, DType::Float64, generator).requires_grad_();
}

// An op with any forward and any backward: dx = backward(x, y, dy).
struct CustomNode final : Node {
  CustomNode() : Node("custom") {}
  std::function<std::vector<Tensor>(const Tensor&)> rule;
  std::vector<Tensor> backward(const Tensor& dy) override { return rule(dy); }
};

template <class Forward, class Backward>
auto custom(Forward forward, Backward backward) {
  return [=](In in) {
    const Tensor x = in[0].detach();
    Tensor y = forward(x);
    if (auto* node = record<CustomNode>(y, in[0])) {
      node->rule = [=, y = y.detach()](const Tensor& dy) { return std::vector<Tensor>{backward(x, y, dy)}; };
    }
    return y;
  };
}

const auto softmax_of_rows = [](const Tensor& x) { return softmax(x, 1); };

}  // namespace

TEST_CASE("gradcheck: passes what is right, and counts", "[autograd][gradcheck]") {
  const Tensor a = random_leaf({2, 3}), b = random_leaf({3}, 2), constant = randn({3}, DType::Float64);
  const GradcheckResult result = gradcheck([](In x) { return exp(x[0] * x[1]) + x[2]; }, {a, b, constant});
  INFO(result.message);
  CHECK(result);
  CHECK(result.checked == 9);
  CHECK(result.worst < 1e-6);
  CHECK(result.message.empty());
}

TEST_CASE("gradcheck: inputs are as before, earlier gradients do not count", "[autograd][gradcheck]") {
  const Tensor x = random_leaf({4});
  const Tensor before = x.detach().clone();
  (x * 100).sum().backward();
  CHECK(gradcheck([](In in) { return in[0] * in[0]; }, {x}));
  CHECK(same_bits(x, before));
}

TEST_CASE("gradcheck: inputs with any strides, undefined ones, no elements", "[autograd][gradcheck]") {
  const Tensor strided = randn({6, 4}, DType::Float64).t().slice(1, 0, {}, 2).requires_grad_();
  REQUIRE_FALSE(strided.is_contiguous());
  const GradcheckResult result = gradcheck(
      [](In x) {
        return conv2d(x[0].reshape({1, 1, 4, 3}), x[1].reshape({1, 1, 2, 2}), x[2]);
      },
      {strided, random_leaf({4}), Tensor()});
  INFO(result.message);
  CHECK(result);
  CHECK(result.checked == 16);
  CHECK(gradcheck([](In x) { return exp(x[0]); }, {random_leaf({0})}).checked == 0);
}

// The negative controls: each backward here is wrong, and is found out.

TEST_CASE("gradcheck: finds a wrong factor", "[autograd][gradcheck]") {
  const auto square = [](double factor) {
    return custom([](const Tensor& x) { return x * x; },
                  [=](const Tensor& x, const Tensor&, const Tensor& dy) { return dy * x * factor; });
  };
  const Tensor x = random_leaf({5});
  CHECK(gradcheck(square(2), {x}));
  CHECK_FALSE(gradcheck(square(1), {x}));
  CHECK_FALSE(gradcheck(square(-2), {x}));
  CHECK_FALSE(gradcheck(square(2.01), {x}));
}

TEST_CASE("gradcheck: finds a missing term", "[autograd][gradcheck]") {
  const auto f = custom([](const Tensor& x) { return x * x + tanh(x); },
                        [](const Tensor& x, const Tensor&, const Tensor& dy) { return dy * x * 2; });
  CHECK_FALSE(gradcheck(f, {random_leaf({5})}));
}

TEST_CASE("gradcheck: finds what a cotangent of ones would miss", "[autograd][gradcheck]") {
  // A softmax adds up to 1 whatever x is: with a cotangent of ones its gradient is zero, so that a backward
  // which returns zeros looks right.
  const auto zero =
      custom(softmax_of_rows, [](const Tensor& x, const Tensor&, const Tensor&) { return zeros_like(x); });
  const Tensor x = random_leaf({3, 4});
  softmax(x, 1).backward(ones({3, 4}, DType::Float64));
  CHECK(amax(abs(x.grad())).item() < 1e-15);
  CHECK_FALSE(gradcheck(zero, {x}));

  const auto no_sum =
      custom(softmax_of_rows, [](const Tensor&, const Tensor& y, const Tensor& dy) { return y * dy; });
  CHECK_FALSE(gradcheck(no_sum, {x}));
  const auto right = custom(softmax_of_rows, [](const Tensor&, const Tensor& y, const Tensor& dy) {
    return y * (dy - (y * dy).sum({1}, true));
  });
  CHECK(gradcheck(right, {x}));
}

TEST_CASE("gradcheck: finds one wrong element, and names it", "[autograd][gradcheck]") {
  const auto f = custom([](const Tensor& x) { return x * 2; },
                        [](const Tensor&, const Tensor&, const Tensor& dy) {
                          const Tensor dx = dy * 2;
                          dx.at<double>({1, 2}) += 0.125;
                          return dx;
                        });
  const GradcheckResult result = gradcheck(f, {random_leaf({2, 3})});
  CHECK_FALSE(result);
  CHECK(result.worst == Approx(0.125).margin(1e-6));
  CHECK_THAT(result.message, StartsWith("gradcheck: input 0 of shape [2,3], element 5: backward gives "));
}

TEST_CASE("gradcheck: finds right numbers in wrong places", "[autograd][gradcheck]") {
  const auto f = custom([](const Tensor& x) { return x.t().contiguous(); },
                        [](const Tensor&, const Tensor&, const Tensor& dy) { return dy.clone(); });
  CHECK_FALSE(gradcheck(f, {random_leaf({3, 3})}));
}

TEST_CASE("gradcheck: finds a gradient that is absent or NaN", "[autograd][gradcheck]") {
  const auto forward = [](const Tensor& x) { return x * 2; };
  const auto absent = custom(forward, [](const Tensor&, const Tensor&, const Tensor&) { return Tensor(); });
  const auto nan = custom(forward, [](const Tensor& x, const Tensor&, const Tensor&) {
    return full(x.shape(), std::nan(""), DType::Float64);
  });
  CHECK_FALSE(gradcheck(absent, {random_leaf({3})}));
  CHECK_FALSE(gradcheck(nan, {random_leaf({3})}));
}

TEST_CASE("gradcheck: finds a graph that was cut", "[autograd][gradcheck]") {
  CHECK_FALSE(gradcheck([](In x) { return x[0] * x[0].detach(); }, {random_leaf({3})}));
}

TEST_CASE("gradcheck: wants float64", "[autograd][gradcheck]") {
  check_errors({{"gradcheck: input 0 is float32; differences are only meaningful in float64",
                 [] { gradcheck([](In x) { return exp(x[0]); }, {Tensor(ones({2})).requires_grad_()}); }}});
}
