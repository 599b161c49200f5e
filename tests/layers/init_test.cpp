#include "layers/init.h"

#include <algorithm>
#include <cmath>

#include "autograd/ops/abs.h"
#include "autograd/ops/max.h"
#include "autograd/ops/mean.h"
#include "autograd/ops/min.h"
#include "autograd/ops/var.h"
#include "layers/conv2d.h"
#include "layers/linear.h"
#include "tensor/factories.h"
#include "tests/catch.h"

using namespace helder;

namespace {

double std_of(const Tensor& x) { return std::sqrt(var(x).item()); }
double bound_of(const Tensor& x) { return max(abs(x)).item(); }

// 100,000 draws: a standard deviation is known to 0.25 %, and the largest of them is within 0.1 % of the
// bound.
Tensor weight() { return empty({100, 100, 2, 5}, DType::Float64); }

}  // namespace

TEST_CASE("fans count the kernel") {
  CHECK(init::fans(weight()).in == 1000);
  CHECK(init::fans(weight()).out == 1000);
  CHECK(init::fans(empty({7, 3})).in == 3);
  CHECK(init::fans(empty({7, 3})).out == 7);
  CHECK_THROWS_WITH(init::fans(empty({7})),
                    "init: a weight of shape [7] has no fan in and fan out; expected at least 2 dimensions");
}

TEST_CASE("the initialisers have the spread that their papers give") {
  manual_seed(3);
  Tensor w = weight();
  CHECK(std_of(init::normal_(w, 1, 2)) == Approx(2).epsilon(0.01));
  CHECK(w.mean().item() == Approx(1).margin(0.05));
  CHECK(bound_of(init::xavier_uniform_(w)) == Approx(std::sqrt(6.0 / 2000)).epsilon(0.001));
  CHECK(std_of(init::xavier_normal_(w, 3)) == Approx(3 * std::sqrt(2.0 / 2000)).epsilon(0.01));
  CHECK(bound_of(init::kaiming_uniform_(w, {.nonlinearity = "relu"})) ==
        Approx(std::sqrt(2.0) * std::sqrt(3.0 / 1000)).epsilon(0.001));
  CHECK(std_of(init::kaiming_normal_(w, {.mode = init::FanMode::Out})) ==
        Approx(std::sqrt(2.0 / 1000)).epsilon(0.01));
  CHECK(init::constant_(w, 4).mean().item() == 4);
}

TEST_CASE("layers start as PyTorch's do: uniform within 1 / sqrt(fan in)") {
  manual_seed(4);
  Linear linear(400, 300);
  CHECK(bound_of(linear.weight) == Approx(0.05).epsilon(0.001));
  CHECK(std_of(linear.weight) == Approx(0.05 / std::sqrt(3.0)).epsilon(0.02));
  CHECK(bound_of(linear.bias) <= 0.05);
  Conv2d conv(16, 64, 5);
  CHECK(bound_of(conv.weight) == Approx(0.05).epsilon(0.001));
  CHECK(bound_of(conv.bias) <= 0.05);
  CHECK_FALSE(Conv2d(1, 1, 1, {.bias = false}).bias.defined());
}

TEST_CASE("an initialised weight is still a leaf without history, and seeds repeat") {
  manual_seed(5);
  const Linear a(3, 3);
  manual_seed(5);
  const Linear b(3, 3);
  CHECK(a.weight.is_leaf());
  CHECK(a.weight.requires_grad());
  CHECK(a.weight.to_vector<float>() == b.weight.to_vector<float>());
}

TEST_CASE("wrong arguments of initialisers are named") {
  Tensor w = empty({2, 2});
  CHECK_THROWS_WITH(init::kaiming_uniform_(w, {.nonlinearity = "swish"}),
                    "init: unknown nonlinearity 'swish'; expected linear, sigmoid, tanh, relu or leaky_relu");
  CHECK_THROWS_WITH(init::normal_(w, 0, -1), "normal_: the standard deviation must not be negative, got -1");
  CHECK_THROWS_WITH(Conv2d(3, 4, 3, {.groups = 2}),
                    "Conv2d: 3 input and 4 output channels do not divide into 2 groups");
  CHECK_THROWS_WITH(init::uniform_(w, 2, 1), "uniform_: low 2 is above high 1");
}

TEST_CASE("trunc_normal_ draws a normal distribution without its tails", "[layers]") {
  Tensor x = empty({100'000}, DType::Float64);
  Generator generator(3);
  init::trunc_normal_(x, 0.5, 1, -0.5, 1.5, generator);
  CHECK(min(x).item() >= -0.5);
  CHECK(max(x).item() <= 1.5);
  CHECK(x.mean().item() == Approx(0.5).margin(0.01));
  // Between -1 and 1 standard deviations: 1 - 2 phi(1) / (Phi(1) - Phi(-1)).
  CHECK(var(x).item() == Approx(0.29112).margin(0.005));

  init::trunc_normal_(x, 0, 0.02, -2, 2, generator);  // as good as not cut
  CHECK(std::sqrt(var(x).item()) == Approx(0.02).epsilon(0.02));

  CHECK_THROWS_WITH(init::trunc_normal_(x, 0, 1, 2, 1),
                    "trunc_normal_: expected std > 0 and a < b, got std 1, a 2, b 1");
  CHECK_THROWS_WITH(init::trunc_normal_(x, 9, 1),
                    "trunc_normal_: the mean 9 is more than 2 standard deviations of 1 away from [-2, 2]");
}

TEST_CASE("SkipRandom leaves zeros, and draws nothing") {
  manual_seed(3);
  const auto first = rand({4}).to_vector<float>();
  manual_seed(3);
  {
    init::SkipRandom guard;
    const Linear linear(3, 2);
    CHECK(linear.weight.to_vector<float>() == std::vector<float>(6, 0));
    CHECK(linear.bias.to_vector<float>() == std::vector<float>(2, 0));
    Tensor w = full({5}, 7);
    CHECK(init::normal_(w, 1).to_vector<float>() == std::vector<float>(5, 0));
    CHECK(init::trunc_normal_(w, 1).to_vector<float>() == std::vector<float>(5, 0));
    CHECK(init::ones_(w).to_vector<float>() == std::vector<float>(5, 1));
  }
  CHECK(rand({4}).to_vector<float>() == first);
  CHECK(bound_of(Linear(3, 2).weight) > 0);
}
