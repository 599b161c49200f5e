#include "layers/module.h"

#include "autograd/ops/relu.h"
#include "autograd/ops/sum.h"
#include "layers/activations.h"
#include "layers/batch_norm.h"
#include "layers/conv1d.h"
#include "layers/conv2d.h"
#include "layers/conv_transpose2d.h"
#include "layers/dropout.h"
#include "layers/flatten.h"
#include "layers/linear.h"
#include "layers/sequential.h"
#include "tensor/factories.h"
#include "tests/catch.h"

using namespace helder;

namespace {

struct Block : Module {
  Conv2d conv{2, 3, 3, {.padding = 1}};
  BatchNorm2d bn{3};
  Block() { register_modules({{"conv", conv}, {"bn", bn}}); }
  Tensor forward(const Tensor& x) override { return relu(bn(conv(x))); }
  std::string describe() const override { return "Block"; }
};

struct Net : Module {
  Sequential features{make<Block>(), make<ReLU>()};
  Linear head{3, 4};
  Dropout dropout{0.5};
  Net() { register_modules({{"features", features}, {"head", head}, {"dropout", dropout}}); }
  Tensor forward(const Tensor& x) override { return dropout(head(features(x).mean({2, 3}))); }
  std::string describe() const override { return "Net"; }
};

std::vector<std::string> names_of(const StateDict& state) {
  std::vector<std::string> names;
  for (const auto& [name, tensor] : state) {
    names.push_back(name);
  }
  return names;
}

}  // namespace

TEST_CASE("parameters and buffers have PyTorch's dotted names") {
  const Net net;
  CHECK(names_of(net.named_parameters()) ==
        std::vector<std::string>{"features.0.conv.weight", "features.0.conv.bias", "features.0.bn.weight",
                                 "features.0.bn.bias", "head.weight", "head.bias"});
  CHECK(names_of(net.named_buffers()) == std::vector<std::string>{"features.0.bn.running_mean",
                                                                  "features.0.bn.running_var",
                                                                  "features.0.bn.num_batches_tracked"});
  CHECK(net.state_dict().size() == 9);
  CHECK(net.parameter_count() == 2 * 3 * 9 + 3 + 3 + 3 + 12 + 4);
}

TEST_CASE("named_modules lists parents before children") {
  Net net;
  std::vector<std::string> paths;
  for (const auto& [path, module] : net.named_modules()) {
    paths.push_back(path);
  }
  CHECK(paths == std::vector<std::string>{"", "features", "features.0", "features.0.conv", "features.0.bn",
                                          "features.1", "head", "dropout"});
}

TEST_CASE("train and eval reach every module, and dropout and batch norm heed them") {
  Net net;
  const Tensor x = rand({4, 2, 5, 5});
  CHECK(net.dropout.is_training());
  net(x);
  CHECK(net.state_dict()[6].second.item() == 1);  // num_batches_tracked
  net.eval();
  CHECK_FALSE(net.dropout.is_training());
  const auto first = net(x).to_vector<float>();
  CHECK(net(x).to_vector<float>() == first);  // no dropout, no moving statistics
  CHECK(net.state_dict()[6].second.item() == 1);
  net.train();
  CHECK(net.dropout.is_training());
}

TEST_CASE("state_dict shares storage; load_state_dict copies values") {
  Net a, b;
  const LoadReport report = a.load_state_dict(b.state_dict());
  CHECK(report.missing.empty());
  CHECK(report.unexpected.empty());
  CHECK(a.head.weight.to_vector<float>() == b.head.weight.to_vector<float>());
  CHECK_FALSE(a.head.weight.shares_storage(b.head.weight));
  CHECK(a.state_dict()[7].second.shares_storage(a.head.weight));
}

TEST_CASE("load_state_dict converts types") {
  Linear a(2, 3), b(2, 3);
  b.to(DType::Float64);
  a.load_state_dict(b.state_dict());
  CHECK(a.weight.dtype() == DType::Float32);
  CHECK(a.weight.at<float>({2, 1}) == Approx(b.weight.at<double>({2, 1})));
}

TEST_CASE("load_state_dict reports every problem at once, and changes nothing") {
  Linear layer(2, 3);
  const auto before = layer.weight.to_vector<float>();
  const StateDict wrong = {{"weight", zeros({3, 5})}, {"scale", zeros({3})}};
  CHECK_THROWS_WITH(layer.load_state_dict(wrong),
                    "load_state_dict: the tensors do not fit this Linear(2, 3):\n"
                    "  mis-shaped  weight: expected [3,2], got [3,5]\n"
                    "  missing     bias [3]\n"
                    "  unexpected  scale [3]");
  CHECK(layer.weight.to_vector<float>() == before);

  SECTION("not strict: missing and unexpected names are returned, wrong shapes stay an error") {
    CHECK_THROWS_WITH(layer.load_state_dict(wrong, false),
                      "load_state_dict: the tensors do not fit this Linear(2, 3):\n"
                      "  mis-shaped  weight: expected [3,2], got [3,5]");
    const LoadReport report = layer.load_state_dict({{"weight", ones({3, 2})}, {"scale", zeros({3})}}, false);
    CHECK(report.missing == std::vector<std::string>{"bias"});
    CHECK(report.unexpected == std::vector<std::string>{"scale"});
    CHECK(layer.weight.sum().item() == 6);
  }
}

TEST_CASE("an error names the module by its dotted path") {
  Net net;
  CHECK_THROWS_WITH(
      net(zeros({1, 7, 5, 5})),
      Catch::Matchers::StartsWith("features.0.conv: conv2d: input has 7 channels but weight expects 2"));
}

TEST_CASE("forward hooks see every call until they are removed") {
  Net net;
  int calls = 0;
  Shape seen;
  const int id =
      net.head.register_forward_hook([&](const Module& module, std::span<const Tensor> x, const Tensor& y) {
        CHECK(&module == &net.head);
        REQUIRE(x.size() == 1);
        CHECK(x[0].shape() == Shape{1, 3});
        seen = y.shape();
        ++calls;
      });
  net.eval();
  net(zeros({1, 2, 5, 5}));
  CHECK(calls == 1);
  CHECK(seen == Shape{1, 4});
  net.head.remove_forward_hook(id);
  net(zeros({1, 2, 5, 5}));
  CHECK(calls == 1);
  CHECK_THROWS_WITH(net.head.remove_forward_hook(id), "remove_forward_hook: there is no hook 0");
}

TEST_CASE("names must be new and without dots") {
  struct Twice : Module {
    Linear a{1, 1}, b{1, 1};
    Twice() { register_modules({{"a", a}, {"a", b}}); }
    Tensor forward(const Tensor& x) override { return x; }
  };
  struct Dotted : Module {
    Linear a{1, 1};
    Dotted() { register_module("a.b", a); }
    Tensor forward(const Tensor& x) override { return x; }
  };
  CHECK_THROWS_WITH(Twice(), "register: 'a' is not a new name without a dot");
  CHECK_THROWS_WITH(Dotted(), "register: 'a.b' is not a new name without a dot");
}

TEST_CASE("a module that is used in two places is listed once, and its state twice") {
  auto shared = make<BatchNorm1d>(3);
  Sequential net{shared, make<ReLU>(), shared};
  CHECK(net.named_modules().size() == 3);
  CHECK(net.named_parameters().size() == 2);
  CHECK(net.named_buffers().size() == 3);
  CHECK(net.state_dict().size() == 10);
}

TEST_CASE("to() converts gradients too, and only to floating point") {
  Linear layer(2, 3);
  layer(ones({1, 2})).sum().backward();
  layer.to(DType::Float64);
  CHECK(layer.weight.grad().dtype() == DType::Float64);
  CHECK(layer.weight.grad().to_vector<double>() == std::vector<double>(6, 1));
  layer(ones({1, 2}, DType::Float64)).sum().backward();
  CHECK(layer.weight.grad().to_vector<double>() == std::vector<double>(6, 2));
  CHECK_THROWS_WITH(layer.to(DType::Int64), "to: parameters must stay of floating point, got int64");
  CHECK(layer.weight.dtype() == DType::Float64);
}

TEST_CASE("an undefined input is an error with the module's path") {
  Net net;
  CHECK_THROWS_WITH(net(Tensor()), "Net: input 0 is an undefined tensor");
  Sequential outer{make<Linear>(2, 2)};
  CHECK_THROWS_WITH(outer[0](Tensor()), "Linear(2, 2): input 0 is an undefined tensor");
}

TEST_CASE("a tied parameter is counted once and stays tied through to()") {
  struct Tied : Module {
    Linear a{3, 3}, b{3, 3};
    Tied() {
      register_modules({{"a", a}});
      weight = register_parameter("weight", a.weight);
    }
    Tensor weight;
    Tensor forward(const Tensor& x) override { return x; }
  };
  Tied tied;
  CHECK(tied.parameter_count() == 12);
  tied.to(DType::Float64);
  CHECK(tied.weight.dtype() == DType::Float64);
  CHECK(tied.weight.shares_storage(tied.a.weight));
}

TEST_CASE("a module tree prints as PyTorch prints it") {
  const Net net;
  CHECK(to_string(net) ==
        "Net(\n"
        "  (features): Sequential(\n"
        "    (0): Block(\n"
        "      (conv): Conv2d(2, 3, kernel_size=3x3, padding=1x1)\n"
        "      (bn): BatchNorm2d(3)\n"
        "    )\n"
        "    (1): ReLU\n"
        "  )\n"
        "  (head): Linear(3, 4)\n"
        "  (dropout): Dropout(0.5)\n"
        ")");
}

TEST_CASE("a layer's line tells what is unusual about it") {
  CHECK(BatchNorm2d(3, {.eps = 0.001, .momentum = 0.2}).describe() ==
        "BatchNorm2d(3, eps=0.001, momentum=0.2)");
  CHECK(
      BatchNorm1d(3, {.momentum = std::nullopt, .affine = false, .track_running_stats = false}).describe() ==
      "BatchNorm1d(3, momentum=none, affine=false, track_running_stats=false)");
  CHECK(Flatten().describe() == "Flatten(start_dim=1, end_dim=-1)");
}

TEST_CASE("convolutions name the sizes that cannot be") {
  CHECK_THROWS_WITH(
      Conv2d(3, -1, 3),
      "Conv2d: expected channels and a kernel, got 3 input and -1 output channels and a kernel of 3x3");
  CHECK_THROWS_WITH(
      Conv1d(3, 4, 0),
      "Conv1d: expected channels and a kernel, got 3 input and 4 output channels and a kernel of 0");
  CHECK_THROWS_WITH(
      ConvTranspose2d(-3, 4, {2, 0}),
      "ConvTranspose2d: expected channels and a kernel, got -3 input and 4 output channels and a kernel of "
      "2x0");
}

TEST_CASE("zero_grad forgets all gradients") {
  Linear layer(2, 2);
  layer(ones({1, 2})).sum().backward();
  CHECK(layer.weight.grad().defined());
  layer.zero_grad();
  CHECK_FALSE(layer.weight.grad().defined());
}
