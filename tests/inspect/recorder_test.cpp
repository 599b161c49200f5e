#include "inspect/recorder.h"

#include "autograd/grad_mode.h"
#include "autograd/node.h"
#include "autograd/ops/cross_entropy.h"
#include "autograd/ops/relu.h"
#include "inspect/name_pattern.h"
#include "layers/activations.h"
#include "layers/linear.h"
#include "layers/sequential.h"
#include "models/cifar_resnet.h"
#include "tensor/factories.h"
#include "tests/catch.h"

using namespace helder;

namespace {

struct TwoLayers : Module {
  Linear fc1{4, 3}, fc2{3, 2};
  TwoLayers() { register_modules({{"fc1", fc1}, {"fc2", fc2}}); }
  Tensor forward(const Tensor& x) override { return fc2(relu(fc1(x))); }
  std::string describe() const override { return "TwoLayers"; }
};

std::vector<std::string> names_of(const std::vector<OpRecord>& ops) {
  std::vector<std::string> names;
  for (const OpRecord& op : ops) {
    names.push_back(op.name);
  }
  return names;
}

}  // namespace

TEST_CASE("matches_pattern: stars, question marks and lists", "[inspect]") {
  CHECK(matches_pattern("layer3.*", "layer3.0.conv1"));
  CHECK_FALSE(matches_pattern("layer3.*", "layer3"));
  CHECK_FALSE(matches_pattern("layer3.*", "layer30.conv1"));
  CHECK(matches_pattern("*", ""));
  CHECK(matches_pattern("", ""));
  CHECK_FALSE(matches_pattern("", "fc"));
  CHECK(matches_pattern("*.conv?", "layer1.0.conv2"));
  CHECK_FALSE(matches_pattern("*.conv?", "layer1.0.conv12"));
  CHECK(matches_pattern("conv1,layer?.1.*,fc", "layer2.1.bn1"));
  CHECK(matches_pattern("conv1,layer?.1.*,fc", "fc"));
  CHECK_FALSE(matches_pattern("conv1,layer?.1.*,fc", "fc2"));
  CHECK(matches_pattern("*a*b*c", "xxaybzbc"));
  CHECK_FALSE(matches_pattern("*a*b*c", "xxaybzb"));
}

TEST_CASE("recorder: ops, modules and where each op's inputs come from", "[inspect]") {
  TwoLayers net;
  Recorder recorder(net, {.watch = "fc2"});
  const Tensor x = ones({5, 4});
  Tensor y;
  {
    const ObserverGuard guard(recorder);
    y = net(x);
  }
  net(x);  // nobody watches

  const auto& ops = recorder.ops();
  CHECK(names_of(ops) == std::vector<std::string>{"linear", "relu", "linear"});
  CHECK(ops[0].inputs == std::vector<Shape>{{5, 4}, {3, 4}, {3}});
  CHECK(ops[0].made_by == std::vector<int>{kInput, kConstant, kConstant});
  CHECK(ops[1].made_by == std::vector<int>{0});
  CHECK(ops[2].made_by[0] == 1);
  CHECK(ops[0].output == Shape{5, 3});
  CHECK(ops[0].bytes == 5 * 3 * 4);
  REQUIRE(ops[0].saved.size() == 1);  // x requires no gradient: the weight is not kept
  CHECK(ops[0].saved[0].name == "input");
  CHECK(ops[0].saved[0].bytes == 5 * 4 * 4);
  CHECK(ops[2].saved.size() == 2);

  const auto& calls = recorder.calls();
  REQUIRE(calls.size() == 3);
  CHECK(calls[0].path.empty());
  CHECK(calls[0].depth == 0);
  CHECK(calls[0].parent == -1);
  CHECK(calls[0].first_op == 0);
  CHECK(calls[0].last_op == 3);
  CHECK(calls[2].path == "fc2");
  CHECK(calls[2].parent == 0);
  CHECK(calls[2].module == &net.fc2);
  CHECK(calls[2].output_op == 2);
  CHECK(ops[1].call == 0);
  CHECK(ops[2].call == 2);
  CHECK(calls[0].seconds >= calls[1].seconds + calls[2].seconds);
  CHECK(ops[0].seconds > 0);

  CHECK_FALSE(calls[1].value.defined());
  CHECK(calls[2].value.to_vector<float>() == y.to_vector<float>());
  CHECK(calls[2].input_values[0].shape() == Shape{5, 3});
  CHECK(recorder.find_call("fc1") == &calls[1]);
  CHECK(recorder.find_call("fc3") == nullptr);
}

TEST_CASE("recorder: sees gradients of what it watches, and changes none", "[inspect]") {
  TwoLayers net;
  const Tensor x = tensor<float>({1, 2, 3, 4}).reshape({1, 4}), labels = tensor<int64_t>({1});
  cross_entropy(net(x), labels).backward();
  const auto expected = net.fc1.weight.grad().to_vector<float>();
  net.zero_grad();

  Recorder recorder(net, {.watch = "*"});
  Tensor hidden;
  {
    const ObserverGuard guard(recorder);
    const Tensor y = net(x);
    y.retain_grad();
    cross_entropy(y, labels).backward();
    hidden = y.grad();
  }
  CHECK(net.fc1.weight.grad().to_vector<float>() == expected);
  CHECK(recorder.gradient(recorder.calls()[0]).to_vector<float>() == hidden.to_vector<float>());
  CHECK(names_of(recorder.ops()) == std::vector<std::string>{"linear", "relu", "linear", "cross_entropy"});
  for (const OpRecord& op : recorder.ops()) {
    INFO(op.name);
    CHECK(op.backward_seconds > 0);
    CHECK(op.backward_start > 0);
    CHECK(op.gradient_bytes == op.output.numel() * 4);
  }
  CHECK(recorder.ops()[3].call == -1);  // the loss belongs to no module
  CHECK_FALSE(recorder.ops()[3].gradient.defined());
  CHECK(recorder.gradient(*recorder.find_call("fc1")).shape() == Shape{1, 3});
}

TEST_CASE("recorder: sums of gradients are no ops", "[inspect]") {
  CifarResNet net({.depth = 8});  // at whose shortcuts two gradients meet
  Recorder recorder(net);
  {
    const ObserverGuard guard(recorder);
    cross_entropy(net(randn({2, 3, 16, 16})), tensor<int64_t>({1, 2})).backward();
  }
  CHECK(recorder.ops().back().name == "cross_entropy");
}

TEST_CASE("recorder: under NoGrad ops have names and nothing is saved", "[inspect]") {
  TwoLayers net;
  Recorder recorder(net);
  {
    const NoGrad no_grad;
    const ObserverGuard guard(recorder);
    const Tensor y = net(ones({2, 4}));
    CHECK(y.is_leaf());
  }
  CHECK(names_of(recorder.ops()) == std::vector<std::string>{"linear", "relu", "linear"});
  for (const OpRecord& op : recorder.ops()) {
    CHECK(op.saved.empty());
    CHECK(op.backward_seconds == 0);
  }
}

TEST_CASE("recorder: an error ends the calls that it passes", "[inspect]") {
  TwoLayers net;
  Recorder recorder(net);
  const ObserverGuard guard(recorder);
  CHECK_THROWS_WITH(net(ones({2, 3})), StartsWith("fc1: linear: input has 3 features"));
  REQUIRE(recorder.calls().size() == 2);
  CHECK(recorder.calls()[0].failed);
  CHECK(recorder.calls()[1].failed);
  net(ones({2, 4}));
  CHECK(recorder.calls()[2].depth == 0);
  CHECK_FALSE(recorder.calls()[2].failed);
}

TEST_CASE("recorder: guards nest and end", "[inspect]") {
  TwoLayers net;
  Recorder outer(net), inner(net);
  {
    const ObserverGuard first(outer);
    {
      const ObserverGuard second(inner);
      net(ones({1, 4}));
    }
    CHECK(outer.calls().empty());
    net.fc1(ones({1, 4}));
  }
  CHECK(current_observer == nullptr);
  CHECK(inner.calls().size() == 3);
  CHECK(outer.calls().size() == 1);
  CHECK(outer.calls()[0].path == "fc1");
}

TEST_CASE("recorder: a fused network shows each of its layers, and gives the same", "[inspect]") {
  CifarResNet net({.depth = 8});
  net.eval();
  const Tensor x = randn({1, 3, 16, 16});
  const NoGrad no_grad;
  const auto fused = net(x).to_vector<float>();
  Recorder recorder(net, {.watch = "*"});
  std::vector<float> seen;
  {
    const ObserverGuard guard(recorder);
    seen = net(x).to_vector<float>();
  }
  REQUIRE(recorder.find_call("layer2.0.bn1"));
  CHECK(recorder.find_call("layer2.0.bn1")->value.shape() == Shape{1, 32, 8, 8});
  for (size_t i = 0; i < fused.size(); ++i) {
    CHECK(seen[i] == Approx(fused[i]).epsilon(1e-4).margin(1e-5));
  }
}
