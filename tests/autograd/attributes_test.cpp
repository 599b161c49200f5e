#include "autograd/attributes.h"

#include "autograd/grad_mode.h"
#include "autograd/node.h"
#include "autograd/ops.h"
#include "tensor/factories.h"
#include "tests/catch.h"

using namespace helder;

namespace {

const Attribute& attribute(const Tensor& y, const std::string& name) {
  static Attributes attributes;
  attributes = attributes_of(*y.grad_fn());
  const auto found =
      std::find_if(attributes.begin(), attributes.end(), [&](const auto& a) { return a.first == name; });
  INFO(name);
  REQUIRE(found != attributes.end());
  return found->second;
}

}  // namespace

TEST_CASE("ops tell what they were given beside tensors", "[autograd]") {
  const Tensor x = ones({2, 4, 6, 6}).requires_grad_();
  const Tensor conv = conv2d(x, ones({4, 2, 3, 3}), {}, {.stride = {2, 1}, .padding = 1, .groups = 2});
  CHECK(std::get<Shape>(attribute(conv, "stride")) == Shape{2, 1});
  CHECK(std::get<Shape>(attribute(conv, "padding")) == Shape{1, 1});
  CHECK(std::get<int64_t>(attribute(conv, "groups")) == 2);
  CHECK(std::get<Shape>(attribute(max_pool2d(x, 3, {.stride = 2}), "kernel_size")) == Shape{3, 3});
  CHECK(std::get<double>(attribute(leaky_relu(x, 0.2), "negative_slope")) == 0.2);
  CHECK(std::get<double>(attribute(clamp(x, -1, 2), "max")) == 2);
  CHECK(std::get<std::string>(attribute(gelu(x, "tanh"), "approximate")) == "tanh");
  CHECK(std::get<int64_t>(attribute(slice(x, 1, 1, 3, 2), "step")) == 2);
  CHECK(std::get<Shape>(attribute(mean(x, {2, 3}, true), "dim")) == Shape{2, 3});
  const Tensor running_mean = zeros({4}), running_var = ones({4});
  const Tensor norm = batch_norm(x, running_mean, running_var, {}, {}, false, 0.1, 1e-3);
  CHECK(std::get<Tensor>(attribute(norm, "running_mean")).impl() == running_mean.impl());
  CHECK(std::get<double>(attribute(norm, "eps")) == 1e-3);
  CHECK(attributes_of(*relu(x).grad_fn()).empty());
  CHECK(attributes_of(*gelu(x).grad_fn()).empty());
}
