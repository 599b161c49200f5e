#include "autograd/ops/dropout.h"

#include "autograd/node.h"
#include "kernels/dropout/dropout.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"

namespace helder {
namespace {

// y = x mask / (1 - p).  dx = dy mask / (1 - p), with the mask drawn again from the same counters.
struct DropoutNode final : Node {
  DropoutNode() : Node("dropout") {}
  double p = 0;
  uint64_t seed = 0, offset = 0;

  std::vector<Tensor> backward(const Tensor& dy0) override {
    const Tensor dy = contiguous_copy(dy0);
    Tensor dx = empty_like(dy);
    visit_floating(dtype(), name(), [&]<class T>() {
      if (dy.is_cpu()) {
        kernels::dropout_cpu(dx.numel(), p, seed, offset, dy.data<T>(), dx.data<T>());
      } else if constexpr (kCudaBuilt) {
        kernels::dropout_cuda(dx.numel(), p, seed, offset, dy.cuda_data<T>(), dx.cuda_data<T>());
      }
    });
    return {dx};
  }
};

}  // namespace

Tensor dropout(const Tensor& input, double p, bool training, Generator& generator) {
  check(p >= 0 && p <= 1, "dropout: p must be a probability in [0, 1], got {}", p);
  if (!training || p == 0) {
    return input;
  }
  const Tensor x = contiguous_copy(input);
  const uint64_t seed = generator.seed();
  const uint64_t offset = generator.reserve((static_cast<uint64_t>(x.numel()) + 3) / 4);
  Tensor y = empty_like(x);
  visit_floating(x.dtype(), "dropout", [&]<class T>() {
    if (x.is_cpu()) {
      kernels::dropout_cpu(x.numel(), p, seed, offset, x.data<T>(), y.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::dropout_cuda(x.numel(), p, seed, offset, x.cuda_data<T>(), y.cuda_data<T>());
    }
  });
  if (auto* node = record<DropoutNode>(y, input)) {
    node->p = p;
    node->seed = seed;
    node->offset = offset;
  }
  return y;
}

}  // namespace helder
