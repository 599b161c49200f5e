#include "layers/frozen_batch_norm.h"

#include <cmath>

#include "layers/batch_norm.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using helder::testing::first_difference;
using helder::testing::same_bits;

namespace {

StateDict random_state() {
  return {
      {"weight", randn({3})}, {"bias", randn({3})}, {"running_mean", randn({3})}, {"running_var", rand({3})}};
}

}  // namespace

TEST_CASE("FrozenBatchNorm2d: four buffers, no parameters", "[layers][frozen_batch_norm]") {
  const FrozenBatchNorm2d norm(3);
  CHECK(norm.parameters().empty());
  std::vector<std::string> names;
  for (const auto& entry : norm.named_buffers()) {
    names.push_back(entry.first);
  }
  CHECK(names == std::vector<std::string>{"weight", "bias", "running_mean", "running_var"});
  CHECK(same_bits(norm.weight, ones({3})));
  CHECK(same_bits(norm.running_var, ones({3})));
  CHECK(same_bits(norm.bias, zeros({3})));
}

// torchvision: scale = weight / sqrt(running_var + eps), y = x scale + (bias - running_mean scale).
TEST_CASE("FrozenBatchNorm2d: the formula, in training as in evaluation", "[layers][frozen_batch_norm]") {
  FrozenBatchNorm2d norm(3, 0.1);
  const StateDict state = random_state();
  norm.load_state_dict(state);
  const Tensor x = randn({2, 3, 4, 5});
  Tensor expected = empty({2, 3, 4, 5}), gradient = empty({2, 3, 4, 5});
  const auto value = [&](size_t i, int64_t c) { return static_cast<double>(state[i].second.at<float>({c})); };
  for (int64_t i = 0; i < x.numel(); ++i) {
    const int64_t c = i / 20 % 3;
    const double scale = value(0, c) / std::sqrt(value(3, c) + 0.1);
    expected.data<float>()[i] = static_cast<float>(static_cast<double>(x.data<float>()[i]) * scale +
                                                   value(1, c) - value(2, c) * scale);
    gradient.data<float>()[i] = static_cast<float>(scale);
  }
  CHECK(first_difference(norm(x), expected, 1e-5) == "");
  CHECK(same_bits(norm.eval()(x), norm.train()(x)));
  for (const auto& [name, tensor] : state) {
    INFO(name);  // nothing has moved
    const StateDict now = norm.state_dict();
    const auto same_name = [&, wanted = name](const auto& entry) { return entry.first == wanted; };
    CHECK(same_bits(std::find_if(now.begin(), now.end(), same_name)->second, tensor));
  }

  const Tensor leaf = x.clone().requires_grad_();
  norm(leaf).backward(ones({2, 3, 4, 5}));
  CHECK(first_difference(leaf.grad(), gradient, 1e-5) == "");
  CHECK_FALSE(norm.weight.grad().defined());
}

TEST_CASE("FrozenBatchNorm2d: takes a BatchNorm2d's state, and does what it does in eval()",
          "[layers][frozen_batch_norm]") {
  BatchNorm2d trained(3);
  trained.load_state_dict(random_state(), false);
  FrozenBatchNorm2d frozen(3);
  const LoadReport report = frozen.load_state_dict(trained.state_dict(), false);
  CHECK(report.unexpected == std::vector<std::string>{"num_batches_tracked"});
  CHECK(report.missing.empty());
  const Tensor x = randn({2, 3, 4, 5});
  CHECK(same_bits(frozen(x), trained.eval()(x)));
}

TEST_CASE("FrozenBatchNorm2d: prints its size, and names what is wrong", "[layers][frozen_batch_norm]") {
  CHECK(FrozenBatchNorm2d(64).describe() == "FrozenBatchNorm2d(64)");
  CHECK(FrozenBatchNorm2d(64, 0.001).describe() == "FrozenBatchNorm2d(64, eps=0.001)");
  CHECK_THROWS_WITH(FrozenBatchNorm2d(3)(zeros({2, 3})), "FrozenBatchNorm2d: expected [N,C,H,W], got [2,3]");
}
