#include "layers/instance_norm.h"

#include "autograd/ops/instance_norm.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using helder::testing::same_bits;

TEST_CASE("InstanceNorm2d: has nothing to learn or to keep unless it is asked", "[layers][instance_norm]") {
  CHECK(InstanceNorm2d(3).state_dict().empty());
  const StateDict state = InstanceNorm2d(3, {.affine = true, .track_running_stats = true}).state_dict();
  std::vector<std::string> names;
  for (const auto& entry : state) {
    names.push_back(entry.first);
  }
  CHECK(names ==
        std::vector<std::string>{"weight", "bias", "running_mean", "running_var", "num_batches_tracked"});
  CHECK(same_bits(state[0].second, ones({3})));
  CHECK(same_bits(state[1].second, zeros({3})));
  CHECK(same_bits(state[2].second, zeros({3})));
  CHECK(same_bits(state[3].second, ones({3})));
}

TEST_CASE("InstanceNorm2d: forward is the op; eval() uses running statistics", "[layers][instance_norm]") {
  InstanceNorm2d norm(3, {.affine = true, .track_running_stats = true});
  norm.load_state_dict({{"weight", randn({3})}, {"bias", randn({3})}}, false);
  const Tensor x = randn({2, 3, 4, 5});
  const Tensor mean = zeros({3}), variance = ones({3});
  CHECK(same_bits(norm(x), instance_norm(x, mean, variance, norm.weight, norm.bias)));
  CHECK(same_bits(norm.running_mean, mean));
  CHECK(same_bits(norm.running_var, variance));
  CHECK(mean.at<float>({0}) != 0);
  CHECK(same_bits(norm.eval()(x), instance_norm(x, mean, variance, norm.weight, norm.bias, false)));
}

TEST_CASE("InstanceNorm2d: without running statistics eval() changes nothing", "[layers][instance_norm]") {
  InstanceNorm2d norm(3);
  const Tensor x = randn({2, 3, 4, 5});
  const Tensor y = norm(x);
  CHECK(same_bits(y, instance_norm(x)));
  CHECK(same_bits(norm.eval()(x), y));
  CHECK(same_bits(norm(x[0]), y[0]));  // one picture without a batch
}

TEST_CASE("InstanceNorm2d: prints what is not usual, and names what is wrong", "[layers][instance_norm]") {
  CHECK(InstanceNorm2d(8).describe() == "InstanceNorm2d(8)");
  CHECK(InstanceNorm2d(8, {.eps = 1e-6, .affine = true, .track_running_stats = true}).describe() ==
        "InstanceNorm2d(8, eps=1e-06, affine=true, track_running_stats=true)");
  CHECK_THROWS_WITH(InstanceNorm2d(8)(zeros({2, 4, 3, 3})),
                    "InstanceNorm2d: expected 8 channels (input [2,4,3,3])");
  CHECK_THROWS_WITH(InstanceNorm2d(8)(zeros({2, 8})),
                    "InstanceNorm2d: expected [N,C,H,W] or [C,H,W], got [2,8]");
}
