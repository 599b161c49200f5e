#include "autograd/ops/extremum.h"

#include "autograd/node.h"
#include "autograd/ops/compare.h"
#include "autograd/ops/div.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/sum.h"
#include "kernels/indexing/indexing.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/on_cpu.h"
#include "tensor/views.h"

namespace helder {
namespace {

struct Extremes {
  Tensor values;   // [outer, inner], in the shape asked for
  Tensor indices;  // the same, int64
};

Extremes find(const char* operation, kernels::Order order, const ReductionPlan& plan) {
  check(plan.geometry.n > 0, "{}: no elements to choose from (input {})", operation, plan.x.shape());
  Extremes result{empty(plan.result_shape, plan.x.dtype(), plan.x.device()),
                  empty(plan.result_shape, DType::Int64, plan.x.device())};
  const kernels::ReduceGeometry& g = plan.geometry;
  const kernels::IndexGeometry chosen{.outer = g.outer, .size = g.n, .count = 1, .inner = g.inner};
  visit_arithmetic(plan.x.dtype(), operation, [&]<class T>() {
    if (plan.x.is_cpu()) {
      int64_t* index = result.indices.data<int64_t>();
      kernels::arg_extremum_cpu(g, order, plan.x.data<T>(), index);
      kernels::gather_cpu(chosen, index, plan.x.data<T>(), result.values.data<T>());
    } else if constexpr (kCudaBuilt) {
      int64_t* index = result.indices.cuda_data<int64_t>();
      kernels::arg_extremum_cuda(g, order, plan.x.cuda_data<T>(), index);
      kernels::gather_cuda(chosen, index, plan.x.cuda_data<T>(), result.values.cuda_data<T>());
    }
  });
  return result;
}

// y = x[index].  dx[index] = dy, and zero elsewhere.
struct ExtremumAlongNode final : Node {
  ExtremumAlongNode() : Node("max along a dimension") {}
  kernels::ReduceGeometry geometry;
  Saved indices{*this, "indices"};

  std::vector<Tensor> backward(const Tensor& dy0) override {
    const Tensor dy = contiguous_copy(dy0);
    Tensor dx = zeros(input_shape(0), dtype(), device());
    const kernels::IndexGeometry chosen{
        .outer = geometry.outer, .size = geometry.n, .count = 1, .inner = geometry.inner};
    visit_floating(dtype(), name(), [&]<class T>() {
      if (on_cpu(name(), dy, indices.get())) {
        kernels::gather_add_cpu(chosen, indices.get().data<int64_t>(), dy.data<T>(), dx.data<T>());
      } else if constexpr (kCudaBuilt) {
        kernels::gather_add_cuda(chosen, indices.get().cuda_data<int64_t>(), dy.cuda_data<T>(),
                                 dx.cuda_data<T>());
      }
    });
    return {dx};
  }
};

// y = the extreme value.  dx = dy / c wherever x = y, with c the number of such places.
struct ExtremumNode final : Node {
  ExtremumNode() : Node("amax or amin") {}
  Shape dims, keepdim_shape;
  Saved x{*this, "input"}, y{*this, "output"};

  std::vector<Tensor> backward(const Tensor& dy) override {
    const Tensor chosen = eq(x, views::reshape(y, keepdim_shape)).to(dtype());
    const Tensor share = div(views::reshape(dy, keepdim_shape), sum(chosen, dims, true));
    return {mul(chosen, share)};
  }
};

}  // namespace

std::pair<Tensor, Tensor> extremum(const char* operation, kernels::Order order, const Tensor& x, int64_t dim,
                                   bool keepdim) {
  const ReductionPlan plan(operation, x, {dim}, keepdim);
  Extremes result = find(operation, order, plan);
  if (auto* node = record<ExtremumAlongNode>(result.values, x)) {
    node->geometry = plan.geometry;
    node->indices = result.indices;
  }
  return {result.values, result.indices};
}

Tensor extremum_value(const char* operation, kernels::Order order, const Tensor& x, const Shape& dims,
                      bool keepdim) {
  const ReductionPlan plan(operation, x, dims, keepdim);
  Tensor y = find(operation, order, plan).values;
  if (auto* node = record<ExtremumNode>(y, x)) {
    node->dims = dims;
    node->keepdim_shape = plan.keepdim_shape;
    node->x = x;
    node->y = y;
  }
  return y;
}

}  // namespace helder
