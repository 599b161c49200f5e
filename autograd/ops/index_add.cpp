#include "autograd/ops/index_add.h"

#include <cmath>

#include "autograd/node.h"
#include "autograd/ops/check_indices.h"
#include "autograd/ops/index_select.h"
#include "autograd/ops/mul.h"
#include "kernels/indexing/indexing.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/on_cpu.h"

namespace helder {
namespace {

// y = x;  y[o, index[j], i] += alpha source[o, j, i].  dx = dy,  dsource[o, j, i] = alpha dy[o, index[j], i].
struct IndexAddNode final : Node {
  IndexAddNode() : Node("index_add") {}
  int64_t dim = 0;
  double alpha = 1;
  Saved index{*this, "index"};

  std::vector<Tensor> backward(const Tensor& dy) override {
    Tensor dsource;
    if (needs_grad(2)) {
      dsource = index_select(dy, dim, index);
      dsource = alpha == 1 ? dsource : mul(dsource, alpha);
    }
    return {dy, Tensor(), dsource};
  }
};

}  // namespace

Tensor index_add(const Tensor& x, int64_t dim, const Tensor& index0, const Tensor& source, double alpha) {
  check(index0.dtype() == DType::Int64 && index0.rank() <= 1,
        "index_add: index must be int64 with one dimension, got {} {}", name_of(index0.dtype()),
        index0.shape());
  check(x.rank() > 0, "index_add: a scalar has no dimension to add along");
  const int d = normalize_dim("index_add", dim, x.rank());
  check(source.dtype() == x.dtype(), "index_add: source is {} but the input is {}", name_of(source.dtype()),
        name_of(x.dtype()));
  Shape expected = x.shape();
  expected[d] = index0.numel();
  check(source.shape() == expected, "index_add: {} indices along dimension {} of {} need a source {}, got {}",
        index0.numel(), d, x.shape(), expected, source.shape());
  check(is_floating_point(x.dtype()) || alpha == std::floor(alpha),
        "index_add: alpha must be a whole number for {}, got {}", name_of(x.dtype()), alpha);
  const Tensor index = contiguous_copy(index0);
  const auto geometry = kernels::index_geometry(x.shape(), d, index.numel());
  check_indices("index_add", index, geometry.size);

  const Tensor from = contiguous_copy(alpha == 1 ? source.detach() : mul(source.detach(), alpha));
  Tensor y = x.detach().clone();
  visit_arithmetic(x.dtype(), "index_add", [&]<class T>() {
    if (on_cpu("index_add", x, index, source)) {
      kernels::index_add_cpu(geometry, index.data<int64_t>(), from.data<T>(), y.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::index_add_cuda(geometry, index.cuda_data<int64_t>(), from.cuda_data<T>(), y.cuda_data<T>());
    }
  });
  if (auto* node = record<IndexAddNode>(y, x, index, source)) {
    node->dim = d;
    node->alpha = alpha;
    node->index = index;
  }
  return y;
}

}  // namespace helder
