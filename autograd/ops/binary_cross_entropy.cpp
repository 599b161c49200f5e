#include "autograd/ops/binary_cross_entropy.h"

#include "autograd/ops/pair_loss.h"
#include "autograd/ops/position.h"
#include "kernels/pair_loss/binary_cross_entropy.h"
#include "kernels/pair_loss/targets.h"

namespace helder {
namespace {

void check_probabilities(const char* argument, const Tensor& x) {
  visit_floating(x.dtype(), "binary_cross_entropy", [&]<class T>() {
    int64_t bad = -1;
    if (x.is_cpu()) {
      bad = kernels::first_no_probability_cpu(x.numel(), x.data<T>());
    } else if constexpr (kCudaBuilt) {
      bad = kernels::first_no_probability_cuda(x.numel(), x.cuda_data<T>());
    }
    if (bad >= 0) {
      const Tensor read = copied_to(x, Device::Cpu);
      fail("binary_cross_entropy: {}{} is {}, not a probability in [0, 1]", argument,
           position_of(bad, x.shape()), read.data<T>()[bad]);
    }
  });
}

}  // namespace

Tensor binary_cross_entropy(const Tensor& p, const Tensor& target, const Tensor& weight,
                            Reduction reduction) {
  const auto operands = paired("binary_cross_entropy", p, target);
  check_probabilities("input", operands.first);
  check_probabilities("target", operands.second);
  const Tensor weights = loss_weight("binary_cross_entropy", "weight", weight, p);
  return pair_loss(operands.first, operands.second, weights, reduction, p.numel(),
                   kernels::BinaryCrossEntropy{});
}

}  // namespace helder
