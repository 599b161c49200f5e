#include "autograd/ops/cosine_embedding_loss.h"

#include "autograd/ops/add.h"
#include "autograd/ops/clamp.h"
#include "autograd/ops/compare.h"
#include "autograd/ops/div.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/position.h"
#include "autograd/ops/sqrt.h"
#include "autograd/ops/sub.h"
#include "autograd/ops/sum.h"
#include "autograd/ops/where.h"
#include "kernels/pair_loss/targets.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/on_cpu.h"

namespace helder {

Tensor cosine_embedding_loss(const Tensor& x1, const Tensor& x2, const Tensor& target, double margin,
                             Reduction reduction) {
  check(x1.shape() == x2.shape() && (x1.rank() == 1 || x1.rank() == 2),
        "cosine_embedding_loss: the inputs must both be [D] or [N, D], got {} and {}", x1.shape(),
        x2.shape());
  Shape expected = x1.shape();
  expected.erase(x1.rank() - 1);
  check(target.shape() == expected,
        "cosine_embedding_loss: inputs of shape {} need a target of shape {}, got {}", x1.shape(), expected,
        target.shape());
  check(margin >= -1 && margin <= 1, "cosine_embedding_loss: margin must be in [-1, 1], got {}", margin);
  const Tensor signs = contiguous_copy(converted_copy(target, DType::Float64));
  int64_t bad = -1;
  if (on_cpu("cosine_embedding_loss", x1, x2, signs)) {
    bad = kernels::first_no_sign_cpu(signs.numel(), signs.data<double>());
  } else if constexpr (kCudaBuilt) {
    bad = kernels::first_no_sign_cuda(signs.numel(), signs.cuda_data<double>());
  }
  if (bad >= 0) {
    const Tensor read = copied_to(signs, Device::Cpu);
    fail("cosine_embedding_loss: target{} is {}, neither 1 nor -1", position_of(bad, signs.shape()),
         read.data<double>()[bad]);
  }

  constexpr double kEpsilon = 1e-12;
  const Tensor squares1 = sum(x1 * x1, {-1}) + kEpsilon;
  const Tensor squares2 = sum(x2 * x2, {-1}) + kEpsilon;
  const Tensor cosine = sum(x1 * x2, {-1}) / sqrt(squares1 * squares2);
  return reduce_recorded(where(eq(signs, 1), 1 - cosine, clamp_min(cosine - margin, 0)), reduction);
}

}  // namespace helder
