// Whole networks with random weights.
//
//   ./helder bench network

#include "autograd/grad_mode.h"
#include "benchmarks/row.h"
#include "models/vit.h"
#include "tensor/factories.h"
#include "tensor/parallel.h"

namespace helder::bench {
namespace {

const bool registered = [] {
  // 197 tokens of 768, twelve blocks: 35 GFLOP an image, nearly all of them in matrix products.
  const double vit_flops = 2 * (12 * (197.0 * 768 * 768 * 12 + 2.0 * 197 * 197 * 768) + 196.0 * 768 * 768);
  add_row("network/helder/vit_b_16/1/forward", num_threads(), {.flops = vit_flops}, [] {
    const auto model = std::make_shared<VisionTransformer>();
    model->eval();
    const Tensor x = randn({1, 3, 224, 224});
    return [=] {
      const NoGrad guard;
      (*model)(x);
    };
  });
  return true;
}();

}  // namespace
}  // namespace helder::bench
