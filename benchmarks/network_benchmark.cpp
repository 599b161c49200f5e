// Whole networks with random weights: inference of one picture, and training steps (forward, cross-entropy,
// backward, SGD with momentum) of 32.
//
//   ./helder bench network
//
// FLOPs are those of direct convolutions.

#include <fmt/core.h>

#include "autograd/grad_mode.h"
#include "autograd/ops/cross_entropy.h"
#include "benchmarks/row.h"
#include "models/resnet.h"
#include "models/squeezenet.h"
#include "models/vgg.h"
#include "models/vit.h"
#include "tensor/factories.h"
#include "tensor/parallel.h"
#include "training/sgd.h"

namespace helder::bench {
namespace {

using MakeModel = std::function<std::shared_ptr<Module>()>;

void add_inference(const std::string& name, double flops, const MakeModel& make_model) {
  add_row(fmt::format("network/helder/{}/1/forward", name), num_threads(), {.flops = flops}, [=]() -> Step {
    const std::shared_ptr<Module> model = make_model();
    model->eval();
    const Tensor x = randn({1, 3, 224, 224});
    return [=] {
      const NoGrad guard;
      (*model)(x);
    };
  });
}

void add_training(const std::string& name, double flops, const MakeModel& make_model) {
  constexpr int64_t kBatch = 32;
  const Work work = {.flops = 3.0 * kBatch * flops};  // forward, and the gradients of inputs and of weights
  add_row(fmt::format("network/helder/{}/{}/training", name, kBatch), num_threads(), work, [=]() -> Step {
    const std::shared_ptr<Module> model = make_model();
    const auto sgd = std::make_shared<SGD>(model->parameters(), SGDOptions{.lr = 0.01, .momentum = 0.9});
    const Tensor x = randn({kBatch, 3, 224, 224}), labels = zeros({kBatch}, DType::Int64);
    return [=] {
      model->zero_grad();
      cross_entropy((*model)(x), labels).backward();
      sgd->step();
    };
  });
}

const bool registered = [] {
  // 197 tokens of 768, twelve blocks: 35 GFLOP an image, nearly all of them in matrix products.
  const double vit_flops = 2 * (12 * (197.0 * 768 * 768 * 12 + 2.0 * 197 * 197 * 768) + 196.0 * 768 * 768);
  add_inference("vit_b_16", vit_flops, [] { return make<VisionTransformer>(); });
  add_inference("squeezenet1_1", 698303872,
                [] { return make<SqueezeNet>(SqueezeNetOptions{.version = SqueezeNetVersion::V1_1}); });
  add_inference("vgg16", 30940528640, [] { return make<Vgg>(VggOptions{.depth = 16}); });
  struct Depth {
    int64_t depth;
    double flops;
  };
  for (const Depth& d : {Depth{18, 3628146688}, Depth{50, 8178368512}}) {
    const MakeModel make_model = [=] { return make<ResNet>(resnet_options(d.depth)); };
    add_inference(fmt::format("resnet{}", d.depth), d.flops, make_model);
    add_training(fmt::format("resnet{}", d.depth), d.flops, make_model);
  }
  return true;
}();

}  // namespace
}  // namespace helder::bench
