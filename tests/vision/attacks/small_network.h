#pragma once

#include <map>
#include <string>

#include "autograd/ops.h"
#include "layers/conv2d.h"
#include "layers/linear.h"
#include "tests/catch.h"
#include "tests/paths.h"
#include "vision/attacks/attack.h"
#include "vision/attacks/pixel_model.h"
#include "weights/safetensors.h"

/// tests/fixtures/attacks.safetensors, and the network in it (generate_attacks.py).
namespace helder::testing {

struct SmallNetwork : Module {
  Conv2d conv1{3, 6, 3, {.padding = 1}}, conv2{6, 8, 3};
  Linear fc{32, 5};

  SmallNetwork() { register_modules({{"conv1", conv1}, {"conv2", conv2}, {"fc", fc}}); }
  Tensor forward(const Tensor& x) override {  // [N, 3, 8, 8] -> [N, 5]
    return fc(flatten(relu(conv2(max_pool2d(relu(conv1(x)), 2))), 1));
  }
};

struct AttackFixture {
  SafetensorsFile file{source_path("tests/fixtures/attacks.safetensors")};
  std::shared_ptr<SmallNetwork> net = make<SmallNetwork>();
  PixelModel model{net, std::vector<float>{0.5F, 0.25F, 0.75F}, {0.5F, 0.25F, 0.125F}};
  Tensor images, labels = file.tensor("labels"), targets = file.tensor("targets"), start;

  explicit AttackFixture(DType dtype = DType::Float64) {
    StateDict state;
    for (const std::string& name : file.names()) {
      if (name.starts_with("model.")) {
        state.emplace_back(name.substr(6), file.tensor(name));
      }
    }
    model.to(dtype);
    net->load_state_dict(state);
    images = file.tensor("images").to(dtype);
    start = file.tensor("start").to(dtype);
  }

  Tensor expected(const std::string& attack, int64_t step) const {
    return file.tensor(attack + "." + std::to_string(step));
  }
};

inline double largest_difference(const Tensor& a, const Tensor& b) {
  REQUIRE(a.shape() == b.shape());
  return amax(abs(a.to(DType::Float64) - b.to(DType::Float64))).item();
}

/// Keeps what is seen before each step, all rows of it.
struct Watched {
  std::map<int64_t, Tensor> images = {};
  int64_t calls = 0;

  AttackWatcher watcher() {
    return [this](const AttackStep& step) {
      images[step.step] = step.images.clone();
      ++calls;
    };
  }
};

/// The images after each step are the fixture's.
inline void check_path(const AttackFixture& fixture, const std::string& attack, const Watched& watched,
                       const Tensor& result, int64_t steps) {
  INFO(attack);
  REQUIRE(watched.calls == steps);
  for (int64_t step = 1; step < steps; ++step) {
    INFO("after step " << step);
    CHECK(largest_difference(watched.images.at(step), fixture.expected(attack, step)) < 1e-9);
  }
  CHECK(largest_difference(result, fixture.expected(attack, steps)) < 1e-9);
}

}  // namespace helder::testing
