#include "autograd/ops/advanced_index.h"

#include "autograd/ops/check_indices.h"
#include "autograd/ops/index_select.h"
#include "autograd/ops/nonzero.h"
#include "autograd/ops/permute.h"
#include "autograd/ops/reshape.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/on_cpu.h"
#include "tensor/views.h"

namespace helder {
namespace {

// One int64 tensor, or an undefined one, for each leading dimension of x: masks are replaced by the indices
// of their true elements.
std::vector<Tensor> integer_indices(const char* operation, const Shape& x, Device device,
                                    const std::vector<Tensor>& indices) {
  std::vector<Tensor> result;
  for (size_t i = 0; i < indices.size(); ++i) {
    Tensor index = indices[i].defined() ? indices[i].detach() : Tensor();
    if (index.defined() && index.is_cpu()) {
      index = copied_to(index, device);
    }
    const int d = static_cast<int>(result.size());
    if (!index.defined() || index.dtype() == DType::Int64) {
      check(d < x.rank(), "{}: too many indices for an input {}", operation, x);
      result.push_back(index);
      continue;
    }
    check(index.dtype() == DType::Bool, "{}: index {} must be int64 or bool, got {}", operation, i,
          name_of(index.dtype()));
    check(index.rank() > 0, "{}: index {} is a mask without dimensions", operation, i);
    for (int m = 0; m < index.rank(); ++m) {
      check(d + m < x.rank() && index.shape()[m] == x[d + m],
            "{}: index {} is a mask of shape {}, which does not match the input {} from dimension {} on",
            operation, i, index.shape(), x, d);
    }
    const Tensor places = nonzero(index);
    for (int m = 0; m < index.rank(); ++m) {
      result.push_back(views::select(places, 1, m));
    }
  }
  return result;
}

}  // namespace

AdvancedIndex::AdvancedIndex(const char* operation, const Tensor& tensor, const std::vector<Tensor>& given) {
  const Shape& x = tensor.shape();
  const std::vector<Tensor> indices = integer_indices(operation, x, tensor.device(), given);
  const auto is_indexed = [&](int d) {
    return d < static_cast<int>(indices.size()) && indices[static_cast<size_t>(d)].defined();
  };
  Shape indexed, broadcast;
  for (int d = 0; d < x.rank(); ++d) {
    if (is_indexed(d)) {
      indexed.push_back(d);
      broadcast = broadcast_shapes(operation, broadcast, indices[static_cast<size_t>(d)].shape());
    }
  }

  // As in NumPy: neighbours are replaced where they are, others by dimensions in front.
  const bool neighbours = indexed.empty() || indexed.back() - indexed.front() + 1 == indexed.rank();
  const int front = neighbours && !indexed.empty() ? static_cast<int>(indexed.front()) : 0;
  geometry = {.outer = 1, .size = 1, .count = broadcast.numel(), .inner = 1};
  for (int d = 0; d < front; ++d) {
    order.push_back(d);
    result_shape.push_back(x[d]);
    geometry.outer *= x[d];
  }
  for (int64_t d : indexed) {
    order.push_back(d);
    geometry.size *= x[static_cast<int>(d)];
  }
  for (int64_t size : broadcast) {
    result_shape.push_back(size);
  }
  for (int d = front; d < x.rank(); ++d) {
    if (!is_indexed(d)) {
      order.push_back(d);
      result_shape.push_back(x[d]);
      geometry.inner *= x[d];
    }
  }

  positions = zeros({geometry.count}, DType::Int64, tensor.device());
  for (int64_t dim : indexed) {
    const int d = static_cast<int>(dim);
    const Tensor index = contiguous_copy(views::expand(indices[static_cast<size_t>(d)], broadcast));
    int64_t bad = -1;
    if (on_cpu(operation, positions, index)) {
      bad = kernels::append_index_cpu(geometry.count, x[d], index.data<int64_t>(), positions.data<int64_t>());
    } else if constexpr (kCudaBuilt) {
      bad = kernels::append_index_cuda(geometry.count, x[d], index.cuda_data<int64_t>(),
                                       positions.cuda_data<int64_t>());
    }
    if (bad >= 0) {
      fail("{}: index {} is out of range for dimension {} of size {} (input {})", operation,
           element_at(index, bad), d, x[d], x);
    }
  }
}

Tensor AdvancedIndex::pick(const Tensor& x) const {
  const Tensor rows = reshape(permute(x, order), {geometry.outer, geometry.size, geometry.inner});
  return reshape(index_select(rows, 1, positions), result_shape);
}

}  // namespace helder
