#include "autograd/ops/reduction_plan.h"

#include "tensor/copy.h"
#include "tensor/views.h"

namespace helder {

ReductionPlan::ReductionPlan(const char* operation, const Tensor& input, const Shape& dims, bool keepdim) {
  std::array<bool, kMaxRank> reduced{};
  for (int64_t dim : dims) {
    const int d = normalize_dim(operation, dim, input.rank());
    check(!reduced[static_cast<size_t>(d)], "{}: dimension {} is named twice in {}", operation, dim, dims);
    reduced[static_cast<size_t>(d)] = true;
  }
  if (dims.empty()) {
    reduced.fill(true);
  }

  Shape kept_dims, reduced_dims;
  for (int d = 0; d < input.rank(); ++d) {
    const bool gone = reduced[static_cast<size_t>(d)];
    (gone ? reduced_dims : kept_dims).push_back(d);
    keepdim_shape.push_back(gone ? 1 : input.shape()[d]);
    if (!gone || keepdim) {
      result_shape.push_back(gone ? 1 : input.shape()[d]);
    }
  }

  const bool neighbours =
      reduced_dims.empty() || reduced_dims.back() - reduced_dims.front() + 1 == reduced_dims.rank();
  if (neighbours) {
    x = contiguous_copy(input);
    for (int d = 0; d < input.rank(); ++d) {
      const int64_t size = input.shape()[d];
      const bool before = !reduced_dims.empty() && d < reduced_dims.front();
      (reduced[static_cast<size_t>(d)] ? geometry.n : before ? geometry.outer : geometry.inner) *= size;
    }
  } else {
    Shape order = kept_dims;
    for (int64_t d : reduced_dims) {
      order.push_back(d);
      geometry.n *= input.shape()[static_cast<int>(d)];
    }
    for (int64_t d : kept_dims) {
      geometry.outer *= input.shape()[static_cast<int>(d)];
    }
    x = contiguous_copy(views::permute(input, order));
  }
}

}  // namespace helder
