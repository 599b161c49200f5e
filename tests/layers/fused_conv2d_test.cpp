#include "layers/fused_conv2d.h"

#include "autograd/grad_mode.h"
#include "autograd/ops/add.h"
#include "autograd/ops/leaky_relu.h"
#include "autograd/ops/relu.h"
#include "autograd/ops/relu6.h"
#include "layers/activations.h"
#include "layers/sequential.h"
#include "tensor/factories.h"
#include "tests/catch.h"

using namespace helder;

namespace {

// A batch norm that changes what it normalises.
void randomise(BatchNorm2d& norm) {
  const NoGrad guard;
  norm.running_mean.copy_(randn(norm.running_mean.shape()));
  norm.running_var.copy_(rand(norm.running_var.shape()));
  norm.weight.copy_(randn(norm.weight.shape()));
  norm.bias.copy_(randn(norm.bias.shape()));
}

double largest_difference(const Tensor& a, const Tensor& b) {
  REQUIRE(a.shape() == b.shape());
  const auto p = a.to(DType::Float64).to_vector<double>(), q = b.to(DType::Float64).to_vector<double>();
  double largest = 0;
  for (size_t i = 0; i < p.size(); ++i) {
    const double difference = std::abs(p[i] - q[i]) / (1 + std::abs(q[i]));
    largest = difference <= largest ? largest : difference;  // NaN stays
  }
  return largest;
}

Tensor activate(const Tensor& x, Activation activation) {
  switch (activation) {
    case Activation::ReLU:
      return relu(x);
    case Activation::ReLU6:
      return relu6(x);
    case Activation::LeakyTenth:
      return leaky_relu(x, 0.1);
    default:
      return x;
  }
}

struct Layer {
  int64_t in, out, kernel, stride, groups, height, width;
};

}  // namespace

TEST_CASE("fused convolution: as the layers one by one, on every path", "[fused_conv2d]") {
  const DType dtype = GENERATE(DType::Float32, DType::Float64);
  const Layer l = GENERATE(Layer{16, 24, 3, 1, 1, 13, 11},   // Winograd in float32
                           Layer{16, 16, 3, 1, 1, 40, 44},   // many tiles of it
                           Layer{6, 6, 3, 2, 6, 9, 12},      // depthwise
                           Layer{20, 50, 1, 1, 1, 7, 7},     // 1 x 1
                           Layer{20, 30, 1, 2, 1, 13, 10},   // 1 x 1 with a stride
                           Layer{8, 9, 1, 1, 1, 40, 33},     // 1 x 1, many pixels
                           Layer{200, 17, 1, 1, 1, 40, 33},  // deep, in slices
                           Layer{32, 40, 3, 2, 1, 14, 14},   // small pictures
                           Layer{3, 10, 7, 2, 1, 70, 75},    // a first layer
                           Layer{12, 8, 3, 1, 4, 9, 10});    // groups
  const Activation activation =
      GENERATE(Activation::None, Activation::ReLU, Activation::ReLU6, Activation::LeakyTenth);
  const bool bias = GENERATE(false, true), residual = GENERATE(false, true);
  INFO(fmt::format("{} -> {}, kernel {}, stride {}, groups {}, {} x {}", l.in, l.out, l.kernel, l.stride,
                   l.groups, l.height, l.width));
  manual_seed(3);
  Conv2d conv(l.in, l.out, l.kernel,
              {.stride = l.stride, .padding = l.kernel / 2, .groups = l.groups, .bias = bias});
  BatchNorm2d norm(l.out);
  randomise(norm);
  conv.to(dtype);
  norm.to(dtype);
  conv.eval();
  norm.eval();
  const Tensor x = randn({2, l.in, l.height, l.width}, dtype);
  const Tensor alone = conv(x);
  const Tensor past = residual ? randn(alone.shape(), dtype) : Tensor();
  const Tensor with_norm = norm(alone);
  const Tensor expected_norm = activate(residual ? add(with_norm, past) : with_norm, activation);
  const Tensor expected = activate(residual ? add(alone, past) : alone, activation);

  const NoGrad guard;
  const double tolerance = dtype == DType::Float32 ? 2e-5 : 1e-13;
  CHECK(largest_difference(conv_norm_act(conv, norm, x, activation, past), expected_norm) < tolerance);
  CHECK(largest_difference(conv_act(conv, x, activation, past), expected) < tolerance);
}

TEST_CASE("fused convolution: gradients, training and hooks take the layers one by one", "[fused_conv2d]") {
  manual_seed(4);
  Conv2d conv(3, 4, 3, {.padding = 1});
  BatchNorm2d norm(4);
  randomise(norm);
  const Tensor x = randn({2, 3, 6, 5});
  SECTION("a gradient reaches the weights") {
    conv.eval();
    norm.eval();
    const Tensor y = conv_norm_act(conv, norm, x, Activation::ReLU);
    REQUIRE(y.requires_grad());
    y.backward(ones(y.shape()));
    CHECK(conv.weight.grad().defined());
    CHECK(norm.weight.grad().defined());
  }
  SECTION("training moves the running statistics, also under NoGrad") {
    const NoGrad guard;
    const auto before = norm.running_mean.to_vector<float>();
    conv_norm_act(conv, norm, x, Activation::ReLU);
    CHECK(norm.running_mean.to_vector<float>() != before);
    CHECK(norm.num_batches_tracked.item() == 1);
  }
  SECTION("a hook sees what lies between") {
    conv.eval();
    norm.eval();
    const NoGrad guard;
    Tensor seen;
    const int id = conv.register_forward_hook(
        [&](const Module&, std::span<const Tensor>, const Tensor& output) { seen = output; });
    const Tensor y = conv_norm_act(conv, norm, x, Activation::None);
    REQUIRE(seen.defined());
    CHECK(largest_difference(norm(seen), y) == 0);
    conv.remove_forward_hook(id);
    seen = {};
    CHECK(largest_difference(conv_norm_act(conv, norm, x, Activation::None), y) < 2e-5);
    CHECK(!seen.defined());
  }
  SECTION("changed statistics are seen at once") {
    conv.eval();
    norm.eval();
    const NoGrad guard;
    const Tensor before = conv_norm_act(conv, norm, x, Activation::None);
    randomise(norm);
    CHECK(largest_difference(conv_norm_act(conv, norm, x, Activation::None), before) > 1e-3);
    CHECK(largest_difference(conv_norm_act(conv, norm, x, Activation::None), norm(conv(x))) < 2e-5);
  }
}

TEST_CASE("fused convolution: a Sequential fuses its neighbours", "[fused_conv2d]") {
  manual_seed(5);
  const auto conv = make<Conv2d>(3, 8, 3);
  const auto norm = make<BatchNorm2d>(8);
  randomise(*norm);
  Sequential net{conv, norm, make<ReLU6>(), make<Conv2d>(8, 5, 1), make<ReLU>(), make<Conv2d>(5, 2, 1)};
  net.eval();
  const Tensor x = randn({1, 3, 9, 8});
  const Tensor expected = net(x);
  REQUIRE(expected.requires_grad());
  const NoGrad guard;
  CHECK(largest_difference(net(x), expected) < 2e-5);
  const FusedRun run = fused_run(net.modules(), 0);
  CHECK(run.modules == 3);
  CHECK(run.activation == Activation::ReLU6);
  CHECK(fused_run(net.modules(), 2).modules <= 1);
  norm->train();
  CHECK(fused_run(net.modules(), 0).modules == 0);
}

TEST_CASE("fused convolution: fuse_conv_bn_eval puts the norm into weight and bias", "[fused_conv2d]") {
  manual_seed(6);
  const bool bias = GENERATE(false, true);
  Conv2d conv(6, 4, 3, {.stride = 2, .padding = 1, .groups = 2, .bias = bias});
  BatchNorm2d norm(4);
  randomise(norm);
  const Tensor x = randn({2, 6, 9, 8});
  CHECK_THROWS_WITH(fuse_conv_bn_eval(conv, norm), "fuse_conv_bn_eval: both layers must be in eval()");
  conv.eval();
  norm.eval();
  const auto fused = fuse_conv_bn_eval(conv, norm);
  CHECK(fused->bias.defined());
  CHECK(largest_difference((*fused)(x), norm(conv(x))) < 2e-5);
}

TEST_CASE("conv2d_fused: what it refuses", "[fused_conv2d]") {
  const Tensor x = randn({1, 3, 5, 5});
  Tensor w = randn({4, 3, 3, 3});
  CHECK_THROWS_WITH(conv2d_fused(x, w, {}, {.scale = randn({3})}),
                    "conv2d_fused: scale must be float32 [4], got float32 [3]");
  CHECK_THROWS_WITH(conv2d_fused(x, w, {}, {.residual = randn({1, 4, 3, 2})}),
                    "conv2d_fused: residual must be float32 [1,4,3,3], got float32 [1,4,3,2]");
  CHECK_THROWS_WITH(conv2d_fused(x, w, {}, {.shift = zeros({4}, DType::Float64)}),
                    "conv2d_fused: shift must be float32 [4], got float64 [4]");
  w.requires_grad_();
  CHECK_THROWS_WITH(conv2d_fused(x, w, {}, {}), "conv2d_fused: has no gradient; use it under NoGrad");
  const NoGrad guard;
  CHECK(conv2d_fused(x.select(0, 0), w, {}, {.residual = randn({4, 3, 3})}).shape() == Shape{4, 3, 3});
}

TEST_CASE("fused convolution: NaN passes through the limits", "[fused_conv2d]") {
  const NoGrad guard;
  const int64_t channels = GENERATE(1, 16), kernel = GENERATE(1, 3);
  Tensor x = ones({1, channels, 6, 6});
  x.fill_(std::nan(""));
  const Tensor y = conv2d_fused(x, ones({16, channels, kernel, kernel}), {}, {.low = 0, .high = 6});
  for (const float value : y.to_vector<float>()) {
    CHECK(std::isnan(value));
  }
}
