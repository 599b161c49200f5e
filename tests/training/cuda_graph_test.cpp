// A captured training step, replayed, is the eager one: the same bits, with learning rates, steps' numbers,
// dropout masks and batches that change from replay to replay.

#include "tensor/cuda_graph.h"

#include "autograd/grad_mode.h"
#include "autograd/ops/add.h"
#include "autograd/ops/cross_entropy.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/sum.h"
#include "layers/activations.h"
#include "layers/batch_norm.h"
#include "layers/conv2d.h"
#include "layers/dropout.h"
#include "layers/flatten.h"
#include "layers/linear.h"
#include "layers/pooling.h"
#include "layers/sequential.h"
#include "tensor/cuda_built.h"
#include "tensor/cuda_memory.h"
#include "tensor/cuda_stream.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "training/adam.h"
#include "training/rmsprop.h"
#include "training/sgd.h"

using namespace helder;

namespace {

bool skipped() {
  if (!cuda::is_available()) {
    WARN("skipped: " << (kCudaBuilt ? "there is no GPU here" : "this build has no CUDA kernels"));
    return true;
  }
  return false;
}

Sequential small_cnn() {
  return {make<Conv2d>(1, 4, 3), make<BatchNorm2d>(4), make<ReLU>(),        make<MaxPool2d>(2),
          make<Flatten>(),       make<Dropout>(0.25),  make<Linear>(64, 10)};
}

struct Run {
  std::vector<double> losses;
  std::vector<std::vector<float>> parameters;
  uint64_t generator_offset;
};

constexpr int kSteps = 5;

// Some steps on batches of their own, the learning rate changing; those from the second on by a graph.
template <class MakeOptimizer>
Run train(const MakeOptimizer& make_optimizer, bool graphed) {
  manual_seed(5);
  Sequential network = small_cnn();
  network.to(Device::Cuda);
  std::vector<Tensor> images, labels;
  for (int step = 0; step < kSteps; ++step) {
    images.push_back(randn({6, 1, 10, 10}));
    labels.push_back(randint(0, 10, {6}));
  }
  const auto optimizer = make_optimizer(network.parameters());
  Tensor x = zeros({6, 1, 10, 10}, DType::Float32, Device::Cuda),
         target = zeros({6}, DType::Int64, Device::Cuda);
  Tensor loss;
  const auto one_step = [&] {
    optimizer->zero_grad();
    loss = cross_entropy(network(x), target);
    loss.backward();
    optimizer->step();
  };
  cuda::CudaGraph graph;
  Run run;
  for (int step = 0; step < kSteps; ++step) {
    x.copy_(images[static_cast<size_t>(step)]);
    target.copy_(labels[static_cast<size_t>(step)]);
    optimizer->set_lr(0.05 / (1 + step));
    if (graphed && step == 1) {
      optimizer->zero_grad();
      graph.capture(one_step);
    }
    if (graph.captured()) {
      graph.replay();
    } else {
      one_step();
    }
    run.losses.push_back(loss.item());
  }
  const StateDict state = network.state_dict();
  for (const std::pair<std::string, Tensor>& entry : state) {
    run.parameters.push_back(entry.second.to_vector<float>());
  }
  run.generator_offset = default_generator().offset();
  return run;
}

template <class MakeOptimizer>
void check_same(const MakeOptimizer& make_optimizer) {
  const Run eager = train(make_optimizer, false), graphed = train(make_optimizer, true);
  CHECK(graphed.losses == eager.losses);
  CHECK(graphed.parameters == eager.parameters);
  CHECK(graphed.generator_offset == eager.generator_offset);
  CHECK(eager.losses.front() != eager.losses.back());
}

}  // namespace

TEST_CASE("CudaGraph: a captured step of Adam is the eager one, bit for bit", "[device][graph]") {
  if (skipped()) return;
  check_same([](const std::vector<Tensor>& parameters) {
    return std::make_unique<Adam>(parameters, AdamOptions{.weight_decay = 0.01, .amsgrad = true});
  });
}

TEST_CASE("CudaGraph: a captured step of SGD with momentum is the eager one, bit for bit",
          "[device][graph]") {
  if (skipped()) return;
  check_same([](const std::vector<Tensor>& parameters) {
    return std::make_unique<SGD>(parameters,
                                 SGDOptions{.momentum = 0.9, .weight_decay = 0.01, .nesterov = true});
  });
}

TEST_CASE("CudaGraph: replays read and write where the capture did", "[device][graph]") {
  if (skipped()) return;
  Tensor x = full({100}, 1, DType::Float32, Device::Cuda);
  Tensor y, fork;
  cuda::CudaGraph graph;
  CHECK_THROWS_WITH(graph.replay(), "CudaGraph: there is nothing to replay: capture something first");
  const size_t before = cuda::memory_stats().bytes_in_use;
  graph.capture([&] {
    CHECK(cuda::is_capturing());
    const Tensor doubled = mul(x, 2);
    const cuda::Stream side;  // a branch that comes back
    side.wait_stream(cuda::current_stream());
    {
      const cuda::StreamGuard guard(side);
      fork = add(doubled, 10);
    }
    cuda::current_stream().wait_stream(side);
    y = add(doubled, fork);
  });
  CHECK(!cuda::is_capturing());
  for (const double value : {1.0, 5.0}) {
    x.fill_(value);
    graph.replay();
    CHECK(y.sum().item() == 100 * (4 * value + 10));
  }
  // What is computed elsewhere in between does not get the graph's memory.
  const Tensor other = add(mul(x, 3), 1);
  graph.replay();
  CHECK(other.sum().item() == 1600);
  y = {}, fork = {};
  graph.reset();
  CHECK(!graph.captured());
  CHECK(cuda::memory_stats().bytes_in_use <= before + 1024);  // `other`
}

TEST_CASE("CudaGraph: a wrong label gives its error after the replay that met it", "[device][graph]") {
  if (skipped()) return;
  Tensor x = randn({4, 3}).to(Device::Cuda);
  Tensor target = zeros({4}, DType::Int64, Device::Cuda), loss;
  cuda::CudaGraph graph;
  graph.capture([&] { loss = cross_entropy(x, target); });
  graph.replay();
  const double good = loss.item();
  target.copy_(tensor<int64_t>({0, 1, 3, -1}));
  graph.replay();
  CHECK_THROWS_WITH(
      loss.item(),
      "cross_entropy: label[2] is 3, but there are 3 classes (input [4,3]) (found in a replay of "
      "a graph, after the fact: what it computed is wrong)");
  target.fill_(0);
  graph.replay();  // the error was reported, and is forgotten
  CHECK(loss.item() == good);
}

TEST_CASE("CudaGraph: what cannot be captured is refused, and leaves nothing behind", "[device][graph]") {
  if (skipped()) return;
  const Tensor x = full({4}, 1, DType::Float32, Device::Cuda);
  cuda::CudaGraph graph;
  CHECK_THROWS_WITH(graph.capture([&] { x.sum().item(); }),
                    "copy to the CPU: not while a graph is captured, when nothing is computed yet: read "
                    "results after a replay, and make tensors before the capture");
  CHECK(!graph.captured());
  CHECK(!cuda::is_capturing());
  CHECK(cuda::current_stream() == cuda::default_stream());
  CHECK(x.sum().item() == 4);

  Tensor parameter = full({4}, 1, DType::Float32, Device::Cuda);
  parameter.requires_grad_();
  parameter.set_grad(x);
  const auto refused = [&](Optimizer& optimizer, const std::string& message) {
    CHECK_THROWS_WITH(graph.capture([&] { optimizer.step(); }), message);
  };
  Adam fresh({parameter});
  refused(fresh, "Adam: take a step before a graph is captured, so that its buffers exist");
  RMSprop rmsprop({parameter});
  rmsprop.step();
  refused(
      rmsprop,
      "RMSprop: it cannot be captured in a graph, where its learning rate would stay; SGD, Adam and AdamW "
      "can");
  {
    SGD sgd({parameter}, {.lr = 1});
    sgd.step();
    {
      const NoGrad guard;
      parameter.fill_(0);
    }
    graph.capture([&] { sgd.step(); });
    graph.replay();
    CHECK(parameter.sum().item() == -4);
  }
  CHECK_THROWS_WITH(graph.replay(), "CudaGraph: the optimiser whose step was captured is gone");
}
