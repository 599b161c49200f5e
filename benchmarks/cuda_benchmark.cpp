// What runs on a GPU: products, convolutions, layer norm, AdamW, attention, a training step, whole networks.
//
//   ./helder bench /cuda/
//
// benchmarks/peers/gpu.py puts PyTorch beside these rows. They are there where there is a GPU. Where the
// processor plays one (docs/simt.md), HELDER_CUDA_BENCHMARK=tiny gives the same rows in small sizes, to try
// them out, and =full gives them as they are, to be listed: such times mean nothing.

#include <benchmark/benchmark.h>
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "autograd/grad_mode.h"
#include "autograd/ops/conv2d.h"
#include "autograd/ops/cross_entropy.h"
#include "autograd/ops/layer_norm.h"
#include "autograd/ops/scaled_dot_product_attention.h"
#include "benchmarks/row.h"
#include "kernels/matmul/matmul.h"
#include "models/mnist_cnn.h"
#include "models/resnet.h"
#include "models/vit.h"
#include "tensor/cuda_built.h"
#include "tensor/cuda_graph.h"
#include "tensor/cuda_memory.h"
#include "tensor/factories.h"
#include "training/adam.h"

namespace helder::bench {
namespace {

// tiny, full or nothing.
std::string_view wish() {
  const char* value = std::getenv("HELDER_CUDA_BENCHMARK");
  return value != nullptr ? value : "";
}

// Launches return at once, so the clock goes from an idle GPU to an idle GPU.
double seconds_of(const Step& step, int64_t times) {
  using Clock = std::chrono::steady_clock;
  cuda::synchronize();
  const Clock::time_point start = Clock::now();
  for (int64_t i = 0; i < times; ++i) {
    step();
  }
  cuda::synchronize();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// The time of a step, of as many in a row as take a twentieth of a second: then the wait at the end, and the
// first launch, are small beside them.
void run(benchmark::State& state, const Work& work, const std::function<Step()>& prepare) {
  try {
    const Step step = prepare();
    step();  // memory is there, kernels are loaded
    constexpr double kLong = 0.05;
    const double once = kSimt ? kLong : seconds_of(step, 1);
    const auto times = std::max<int64_t>(1, static_cast<int64_t>(kLong / once));
    if (!kSimt) {
      seconds_of(step, times);  // clocks are up
    }
    for (auto _ : state) {
      state.SetIterationTime(seconds_of(step, times) / static_cast<double>(times));
    }
  } catch (const std::exception& error) {
    state.SkipWithError(error.what());  // the other rows go on
  }
  cuda::release_cached_memory();
  using benchmark::Counter;
  if (work.flops > 0) {
    state.counters["GFLOP/s"] = Counter(work.flops / 1e9, Counter::kIsIterationInvariantRate);
  }
  if (work.bytes > 0) {
    state.counters["GB/s"] = Counter(work.bytes / 1e9, Counter::kIsIterationInvariantRate);
  }
}

void add(const std::string& name, const Work& work, std::function<Step()> prepare) {
  benchmark::RegisterBenchmark(
      name.c_str(), [=, prepare = std::move(prepare)](benchmark::State& state) { run(state, work, prepare); })
      ->Unit(benchmark::kMicrosecond)
      ->Iterations(kSimt ? 1 : 5)
      ->UseManualTime();
}

Tensor on_gpu(const Shape& shape) { return randn(shape).to(Device::Cuda); }

void add_copy(int64_t n) {
  add(fmt::format("copy/cuda/{}", n), {.bytes = 8.0 * static_cast<double>(n)}, [=]() -> Step {
    const Tensor from = on_gpu({n}), to = on_gpu({n});
    return [=] { cuda::copy_within(to.raw_cuda_data(), from.raw_cuda_data(), 4 * static_cast<size_t>(n)); };
  });
}

// Operands are float32 in memory for each precision.
void add_matmul(int64_t n, const char* words, kernels::ProductPrecision precision) {
  const auto size = static_cast<double>(n);
  add(fmt::format("matmul/cuda/{0}x{0}x{0}/{1}", n, words), {.flops = 2 * size * size * size}, [=]() -> Step {
    const Tensor a = on_gpu({n, n}), b = on_gpu({n, n}), c = on_gpu({n, n});
    return [=] {
      if constexpr (kCudaBuilt) {
        kernels::matmul_cuda<float>(n, n, n, {a.cuda_data<float>(), n, 1}, {b.cuda_data<float>(), n, 1},
                                    c.cuda_data<float>(), n, {}, precision);
      }
    };
  });
}

// A row of the forward pass, and one of the gradients of all `leaves`, from a graph that is kept.
using Op = std::function<Tensor(const std::vector<Tensor>& leaves)>;

void add_passes(const std::string& name, const Work& forward, const Work& backward,
                const std::vector<Shape>& shapes, const Op& op) {
  const auto make_leaves = [=] {
    std::vector<Tensor> leaves;
    std::transform(shapes.begin(), shapes.end(), std::back_inserter(leaves), on_gpu);
    return leaves;
  };
  add(name + "/forward", forward, [=]() -> Step {
    const std::vector<Tensor> leaves = make_leaves();
    return [=] { op(leaves); };
  });
  add(name + "/backward", backward, [=]() -> Step {
    std::vector<Tensor> leaves = make_leaves();
    for (Tensor& leaf : leaves) {
      leaf.requires_grad_();
    }
    const Tensor y = op(leaves), dy = on_gpu(y.shape());
    return [=]() mutable {
      y.backward(dy, /*retain_graph=*/true);
      for (Tensor& leaf : leaves) {
        leaf.set_grad({});
      }
    };
  });
}

// x [batch, channels, size, size] -> [batch, outputs, size / stride, size / stride].
struct Convolution {
  int64_t batch, channels, size, kernel, outputs, stride;
};

void add_conv2d(const Convolution& c) {
  const int64_t out = c.size / c.stride;
  const double flops =
      2.0 * static_cast<double>(c.batch * c.outputs * out * out * c.channels * c.kernel * c.kernel);
  add_passes(fmt::format("conv2d/cuda/{0}x{0}/{1}x{2}-{3}@{4}/stride{5}", c.kernel, c.batch, c.channels,
                         c.outputs, c.size, c.stride),
             {.flops = flops}, {.flops = 2 * flops},
             {{c.batch, c.channels, c.size, c.size}, {c.outputs, c.channels, c.kernel, c.kernel}},
             [=](const std::vector<Tensor>& leaves) {
               return conv2d(leaves[0], leaves[1], {}, {.stride = c.stride, .padding = c.kernel / 2});
             });
}

// x is read and y written; then x and dy are read and dx is written.
void add_layer_norm(int64_t rows, int64_t features) {
  const double bytes = 4 * static_cast<double>(rows * features);
  add_passes(fmt::format("layer_norm/cuda/{}x{}", rows, features), {.bytes = 2 * bytes}, {.bytes = 3 * bytes},
             {{rows, features}, {features}, {features}}, [=](const std::vector<Tensor>& leaves) {
               return layer_norm(leaves[0], {features}, leaves[1], leaves[2]);
             });
}

// Of the gradient each number is read, of the parameter and both moments each is read and written.
void add_adamw(int64_t n) {
  add(fmt::format("adamw/cuda/{}", n), {.bytes = 7 * 4 * static_cast<double>(n)}, [=]() -> Step {
    Tensor parameter = on_gpu({n});
    parameter.requires_grad_();
    parameter.set_grad(on_gpu({n}));
    const auto adamw = std::make_shared<AdamW>(std::vector<Tensor>{parameter});
    return [=] { adamw->step(); };
  });
}

// Two products forward; backward computes the first again, and four more.
void add_attention(int64_t batch, int64_t heads, int64_t length, int64_t features) {
  const Shape shape = {batch, length, heads, features};
  const double product = 2.0 * static_cast<double>(batch * heads * length * length * features);
  add_passes(fmt::format("attention/cuda/{}x{}x{}x{}", batch, heads, length, features),
             {.flops = 2 * product}, {.flops = 5 * product}, {shape, shape, shape},
             [](const std::vector<Tensor>& leaves) {
               const auto heads_of = [&](size_t i) { return leaves[i].transpose(1, 2); };
               return scaled_dot_product_attention(heads_of(0), heads_of(1), heads_of(2));
             });
}

void add_mnist_step(int64_t batch, bool graphed) {
  add(fmt::format("mnist_cnn/cuda/{}/training{}", batch, graphed ? "/graph" : ""), {}, [=]() -> Step {
    const auto model = make<MnistCnn>();
    model->to(Device::Cuda);
    const auto adam = std::make_shared<Adam>(model->parameters());
    const Tensor x = on_gpu({batch, 1, 28, 28}), labels = zeros({batch}, DType::Int64).to(Device::Cuda);
    const Step step = [=] {
      model->zero_grad();
      cross_entropy((*model)(x), labels).backward();
      adam->step();
    };
    if (!graphed) {
      return step;
    }
    step();
    model->zero_grad();
    const auto graph = std::make_shared<cuda::CudaGraph>();
    graph->capture(step);
    return [graph, step] { graph->replay(); };  // `step` keeps what the graph uses
  });
}

using MakeModel = std::function<std::shared_ptr<Module>()>;

void add_network(const std::string& name, int64_t batch, int64_t size, const MakeModel& make_model) {
  add(fmt::format("{}/cuda/{}@{}/forward", name, batch, size), {}, [=]() -> Step {
    const std::shared_ptr<Module> model = make_model();
    model->to(Device::Cuda);
    model->eval();
    const Tensor x = on_gpu({batch, 3, size, size});
    return [=] {
      const NoGrad guard;
      (*model)(x);
    };
  });
}

void add_all(bool small) {
  add_copy(small ? 4096 : int64_t{1} << 26);
  using enum kernels::ProductPrecision;
  const int64_t n = small ? 64 : 4096;
  add_matmul(n, "fp32", Float32);
  add_matmul(n, "tf32", Tf32);
  add_matmul(n, "bf16", BFloat16);
  const int64_t batch = small ? 1 : 32, part = small ? 8 : 1;
  for (const Convolution& c :
       {Convolution{batch, 3, 224, 7, 64, 2}, Convolution{batch, 64, 56, 3, 64, 1},
        Convolution{batch, 256, 56, 1, 64, 1}, Convolution{batch, 512, 7, 3, 512, 1}}) {
    const int64_t channels = std::max<int64_t>(3, c.channels / part),
                  size = std::max<int64_t>(7, c.size / part);
    add_conv2d({batch, channels, size, c.kernel, c.outputs / part, c.stride});
  }
  add_layer_norm(small ? 16 : 65536, 768);
  add_adamw(small ? 4096 : int64_t{1} << 26);
  add_attention(small ? 1 : 8, small ? 2 : 12, small ? 20 : 197, 64);
  add_attention(1, small ? 2 : 12, small ? 70 : 2048, 64);
  add_mnist_step(small ? 2 : 64, /*graphed=*/false);
  add_mnist_step(small ? 2 : 64, /*graphed=*/true);
  const int64_t size = small ? 32 : 224, depth = small ? 1 : 12;
  for (const int64_t images : {int64_t{1}, small ? int64_t{2} : int64_t{32}}) {
    add_network("resnet50", images, size, [] { return make<ResNet>(resnet_options(50)); });
    add_network("vit_b_16", images, size, [=] {
      return make<VisionTransformer>(VisionTransformerOptions{.img_size = size, .depth = depth});
    });
  }
}

const bool registered = [] {
  if (cuda::is_available() && (!kSimt || wish() == "tiny" || wish() == "full")) {
    add_all(wish() == "tiny");
  }
  return true;
}();

}  // namespace
}  // namespace helder::bench
