#include "training/averaging.h"

#include "autograd/ops/add.h"
#include "autograd/ops/div.h"
#include "autograd/ops/mean.h"
#include "autograd/ops/var.h"
#include "data/digits.h"
#include "layers/batch_norm.h"
#include "layers/conv2d.h"
#include "layers/linear.h"
#include "layers/sequential.h"
#include "tensor/cuda_memory.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/training/valley.h"
#include "training/sgd.h"

using namespace helder;
using namespace helder::testing;

namespace {

// The valley's parameters, as a module; and one buffer of each kind.
struct Point : Module {
  Parameters parts = valley_start(false, DType::Float64);
  Tensor buffer = register_buffer("buffer", zeros({2}));
  Tensor count = register_buffer("count", zeros({}, DType::Int64));

  Point() {
    for (size_t i = 0; i < parts.size(); ++i) {
      register_parameter(fmt::format("p{}", i), parts[i]);
    }
  }
  Tensor forward(const Tensor& x) override { return x; }
};

// All parameters in an average's state.
std::vector<double> averages_in(const WeightAverage& average) {
  Parameters parameters;
  for (const auto& [name, tensor] : average.state_dict()) {
    if (name.starts_with("module.p")) {
      parameters.push_back(tensor);
    }
  }
  return elements(parameters);
}

void check_averages(const std::string& name, Point& point, WeightAverage& average, int64_t every) {
  INFO(name);
  SGD optimizer(point.parameters(), {.lr = 0.01, .momentum = 0.9});
  const Tensor expected = valley_fixture(name + "/averages");
  for (int64_t step = 0; step < expected.size(0); ++step) {
    INFO("step " << step);
    step_down(optimizer, point.parts);
    if (step % every == 0) {
      average.update();
    }
    const auto got = averages_in(average);
    const auto wanted = expected.select(0, step).to_vector<double>();
    REQUIRE(got.size() == wanted.size());
    for (size_t i = 0; i < got.size(); ++i) {
      REQUIRE(got[i] == Approx(wanted[i]).epsilon(1e-10).margin(1e-12));
    }
  }
}

}  // namespace

TEST_CASE("averages of weights follow PyTorch's for 50 steps", "[training]") {
  {
    Point point;
    ExponentialMovingAverage average(point, {.decay = 0.9});
    check_averages("ema", point, average, 1);
  }
  {
    Point point;
    ExponentialMovingAverage average(point, {.decay = 0.99, .warm_up = true});
    check_averages("ema, warm-up", point, average, 1);
  }
  {
    Point point;
    StochasticWeightAveraging average(point);
    check_averages("swa mean", point, average, 5);
    CHECK(average.updates() == 10);
  }
}

TEST_CASE("buffers are averaged or copied", "[training]") {
  for (const bool average_buffers : {true, false}) {
    Point point;
    ExponentialMovingAverage average(point, {.decay = 0.75, .average_buffers = average_buffers});
    average.update();
    point.buffer.fill_(8);
    point.count.fill_(5);
    average.update();
    average.apply();
    CHECK(point.buffer.at<float>({0}) == (average_buffers ? 2 : 8));
    CHECK(point.count.at<int64_t>({}) == 5);
  }
}

TEST_CASE("an average is put into the module and taken out again", "[training]") {
  Point point;
  ExponentialMovingAverage average(point, {.decay = 0.5});
  SGD optimizer(point.parameters(), {.lr = 0.01});
  CHECK_THROWS_WITH(average.apply(), "weight average: there is none before the first update");
  CHECK_THROWS_WITH(average.restore(), "weight average: it is not applied");
  for (int i = 0; i < 3; ++i) {
    step_down(optimizer, point.parts);
    average.update();
  }
  const auto own = elements(point.parts);
  {
    const AppliedAverage applied(average);
    CHECK(elements(point.parts) == averages_in(average));
    CHECK(elements(point.parts) != own);
    CHECK_THROWS_WITH(average.apply(), "weight average: it is applied already");
    CHECK_THROWS_WITH(average.update(),
                      "weight average: restore the module's own weights before the next update");
  }
  CHECK(elements(point.parts) == own);

  Point other;
  ExponentialMovingAverage loaded(other, {.decay = 0.5});
  loaded.load_state_dict(average.state_dict());
  CHECK(averages_in(loaded) == averages_in(average));
  CHECK(loaded.updates() == 3);
}

TEST_CASE("an average's state that does not fit is refused", "[training]") {
  Point point;
  ExponentialMovingAverage average(point);
  average.update();
  StateDict state = average.state_dict();
  CHECK_THROWS_WITH(average.load_state_dict({}), "weight average: the state has no 'n_averaged'");
  state.emplace_back("module.more", zeros({1}));
  CHECK_THROWS_WITH(average.load_state_dict(state), "weight average: the state has 8 tensors, expected 7");
  state[1].second = zeros({5});
  CHECK_THROWS_WITH(average.load_state_dict(state),
                    "weight average: 'module.p0' has shape [5], expected [3]");
  state[1].first = "module.other";
  CHECK_THROWS_WITH(average.load_state_dict(state), "weight average: the state has no 'module.p0'");
  state = average.state_dict();
  state[0].second = tensor<int64_t>({-1});
  CHECK_THROWS_WITH(average.load_state_dict(state), "weight average: it cannot be of -1 updates");
  CHECK_THROWS_WITH(ExponentialMovingAverage(point, {.decay = 2}),
                    "ExponentialMovingAverage: decay must lie in [0, 1], got 2");
}

TEST_CASE("an average made before its model changed type says so", "[training]") {
  Linear layer(2, 3);
  ExponentialMovingAverage average(layer);
  average.update();
  layer.to(DType::Float64);
  const char* message =
      "weight average: 'weight' is float64 now, but its average float32; make the average after converting "
      "the model";
  CHECK_THROWS_WITH(average.update(), message);
  CHECK_THROWS_WITH(average.apply(), message);
}

TEST_CASE("update_bn gives a shared batch norm its momentum back", "[training]") {
  auto norm = make<BatchNorm2d>(1);
  Sequential model{norm, norm};
  update_bn(DataLoader(synthetic_digits(20, 1), {.batch_size = 10, .prefetch = 0}), model);
  CHECK(norm->momentum() == 0.1);
}

TEST_CASE("update_bn measures the running statistics over the whole set", "[training]") {
  Sequential model({make<Conv2d>(1, 3, 5), make<BatchNorm2d>(3)});
  auto& norm = dynamic_cast<BatchNorm2d&>(*model.children()[1].second);
  const DataLoader loader(synthetic_digits(40, 1), {.batch_size = 10, .prefetch = 0});
  model.eval();
  norm.running_mean.fill_(100);
  norm.num_batches_tracked.fill_(7);

  // By hand: each batch's mean and variance of the convolution's output, averaged.
  Tensor means = zeros({3}), variances = zeros({3});
  for (const Batch& batch : loader.epoch(0)) {
    const Tensor y = (*model.children()[0].second)(batch.images).detach();
    means = means + mean(y, {0, 2, 3}) / 4;
    variances = variances + var(y, {0, 2, 3}) / 4;
  }
  update_bn(loader, model);
  for (int64_t c = 0; c < 3; ++c) {
    CHECK(norm.running_mean.at<float>({c}) == Approx(means.at<float>({c})).epsilon(1e-4).margin(1e-5));
    CHECK(norm.running_var.at<float>({c}) == Approx(variances.at<float>({c})).epsilon(1e-4));
  }
  CHECK(norm.num_batches_tracked.item() == 4);
  CHECK(norm.momentum() == 0.1);
  CHECK(!model.is_training());
}

TEST_CASE("weights on the GPU are averaged there", "[training][cuda]") {
  if (!cuda::is_available()) {
    return;
  }
  const auto averages = [](Device device) {
    Point point;
    point.to(device);
    ExponentialMovingAverage average(point, {.decay = 0.9});
    SGD optimizer(point.parameters(), {.lr = 0.01});
    for (int step = 0; step < 3; ++step) {
      step_down(optimizer, point.parameters());
      average.update();
    }
    average.apply();
    std::vector<double> result = elements(point.parameters());
    average.restore();
    const auto own = elements(point.parameters());
    result.insert(result.end(), own.begin(), own.end());
    return result;
  };
  const auto expected = averages(Device::Cpu), got = averages(Device::Cuda);
  REQUIRE(got.size() == expected.size());
  for (size_t i = 0; i < got.size(); ++i) {
    CHECK(got[i] == Approx(expected[i]).epsilon(1e-12));
  }

  Point point;
  ExponentialMovingAverage average(point);
  point.to(Device::Cuda);
  CHECK_THROWS_WITH(average.update(),
                    "weight average: 'p0' is on cuda now, but its average on cpu; make the average after "
                    "moving the model");
}
