#include "autograd/ops/index_put.h"

#include "autograd/node.h"
#include "autograd/ops/advanced_index.h"
#include "autograd/ops/compare.h"
#include "autograd/ops/elementwise.h"
#include "autograd/ops/where.h"
#include "autograd/ops/write_through.h"
#include "tensor/cuda_built.h"
#include "tensor/on_cpu.h"
#include "tensor/views.h"

namespace helder {
namespace {

// Writes or adds values [outer, count, inner], contiguous, at the places of y that the plan names.
void put(const AdvancedIndex& plan, const Tensor& y, const Tensor& values, bool accumulate) {
  const Tensor& positions = plan.positions;
  const bool cpu = on_cpu("index_put", y, values, positions);
  write_through(views::permute(y, plan.order), [&](const Tensor& rows) {
    if (accumulate) {
      visit_arithmetic(y.dtype(), "index_put", [&]<class T>() {
        if (cpu) {
          kernels::index_add_cpu(plan.geometry, positions.data<int64_t>(), values.data<T>(), rows.data<T>());
        } else if constexpr (kCudaBuilt) {
          kernels::index_add_cuda(plan.geometry, positions.cuda_data<int64_t>(), values.cuda_data<T>(),
                                  rows.cuda_data<T>());
        }
      });
    } else {
      visit_any(y.dtype(), [&]<class T>() {
        if (cpu) {
          kernels::index_assign_cpu(plan.geometry, positions.data<int64_t>(), values.data<T>(),
                                    rows.data<T>());
        } else if constexpr (kCudaBuilt) {
          kernels::index_assign_cuda(plan.geometry, positions.cuda_data<int64_t>(), values.cuda_data<T>(),
                                     rows.cuda_data<T>());
        }
      });
    }
  });
}

// y = x;  y[indices] = values (+= with accumulate).  dx = dy, but zero where something was written.
// dvalues = dy[indices], for the values that were not overwritten, summed over what was broadcast.
struct IndexPutNode final : Node {
  IndexPutNode() : Node("index_put") {}
  AdvancedIndex places;  // without the positions, which are
  Saved positions{*this, "positions"};
  bool accumulate = false;

  std::vector<Tensor> backward(const Tensor& dy) override {
    AdvancedIndex plan = places;
    plan.positions = positions;
    Tensor dx = dy;
    if (needs_grad(0) && !accumulate) {
      dx = dy.clone();
      put(plan, dx, zeros(plan.result_shape, dtype(), device()), false);
    }
    Tensor dvalues;
    if (needs_grad(1)) {
      dvalues = plan.pick(dy);
      if (!accumulate) {
        const Tensor numbers = arange(dvalues.numel(), device()).reshape(dvalues.shape());
        const Tensor winners = empty(shape(), DType::Int64, device());
        put(plan, winners, numbers, false);
        dvalues = where(eq(plan.pick(winners), numbers), dvalues, scalar(0, dtype(), device()));
      }
      dvalues = sum_to(dvalues, input_shape(1));
    }
    return {dx, dvalues};
  }
};

// Checks, and lays the values out.
Tensor values_for(const char* operation, const AdvancedIndex& plan, const Tensor& x, const Tensor& values) {
  check(values.dtype() == x.dtype(), "{}: values are {} but the input is {}", operation,
        name_of(values.dtype()), name_of(x.dtype()));
  check(broadcast_shapes(operation, values.shape(), plan.result_shape) == plan.result_shape,
        "{}: values of shape {} do not fit the places of shape {} that the indices name", operation,
        values.shape(), plan.result_shape);
  return contiguous_copy(views::expand(values.detach(), plan.result_shape));
}

}  // namespace

Tensor index_put(const Tensor& x, const std::vector<Tensor>& indices, const Tensor& values, bool accumulate) {
  const AdvancedIndex plan("index_put", x, indices);
  const Tensor dense = values_for("index_put", plan, x, values);
  Tensor y = x.detach().clone();
  put(plan, y, dense, accumulate);
  if (auto* node = record<IndexPutNode>(y, x, values)) {
    node->places = plan;
    node->places.positions = Tensor();
    node->positions = plan.positions;
    node->accumulate = accumulate;
  }
  return y;
}

Tensor& index_put_(Tensor& x, const std::vector<Tensor>& indices, const Tensor& values, bool accumulate) {
  const AdvancedIndex plan("index_put_", x, indices);
  Tensor dense = values_for("index_put_", plan, x, values);
  x.mark_changed("index_put_");
  // Values that share x's memory are read whole before anything is written.
  put(plan, x, dense.shares_storage(x) ? dense.clone() : dense, accumulate);
  return x;
}

}  // namespace helder
