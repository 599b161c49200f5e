#include "autograd/ops/embedding.h"

#include "autograd/node.h"
#include "autograd/ops/check_indices.h"
#include "kernels/indexing/indexing.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/on_cpu.h"
#include "tensor/views.h"

namespace helder {
namespace {

// y[n] = weight[input[n]].  dweight[input[n]] += dy[n], but not for the padding.
struct EmbeddingNode final : Node {
  EmbeddingNode() : Node("embedding") {}
  kernels::IndexGeometry geometry;
  std::optional<int64_t> padding;
  Saved input{*this, "input"};

  std::vector<Tensor> backward(const Tensor& dy0) override {
    const Tensor dy = contiguous_copy(dy0);
    Tensor dweight = zeros(input_shape(1), dtype(), device());
    visit_floating(dtype(), name(), [&]<class T>() {
      if (on_cpu(name(), input.get(), dy)) {
        kernels::index_add_cpu(geometry, input.get().data<int64_t>(), dy.data<T>(), dweight.data<T>());
      } else if constexpr (kCudaBuilt) {
        kernels::index_add_cuda(geometry, input.get().cuda_data<int64_t>(), dy.cuda_data<T>(),
                                dweight.cuda_data<T>());
      }
    });
    if (padding) {
      views::select(dweight, 0, *padding).zero_();
    }
    return {Tensor(), dweight};
  }
};

}  // namespace

Tensor embedding(const Tensor& input0, const Tensor& weight0, std::optional<int64_t> padding_idx) {
  check(input0.dtype() == DType::Int64, "embedding: the input must be int64, got {}",
        name_of(input0.dtype()));
  check(weight0.rank() == 2, "embedding: the weight must be [V,D], got {}", weight0.shape());
  const int64_t rows = weight0.shape()[0], width = weight0.shape()[1];
  check(!padding_idx || (*padding_idx >= -rows && *padding_idx < rows),
        "embedding: padding_idx {} is out of range for a weight of {} rows", padding_idx.value_or(0), rows);
  const Tensor input = contiguous_copy(input0);
  const Tensor weight = weight0.contiguous();
  const kernels::IndexGeometry geometry{.outer = 1, .size = rows, .count = input.numel(), .inner = width};
  check_indices("embedding", input, rows);

  Shape shape = input.shape();
  shape.push_back(width);
  Tensor y = empty(shape, weight.dtype(), weight.device());
  visit_any(weight.dtype(), [&]<class T>() {
    if (on_cpu("embedding", input, weight)) {
      kernels::index_select_cpu(geometry, input.data<int64_t>(), weight.data<T>(), y.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::index_select_cuda(geometry, input.cuda_data<int64_t>(), weight.cuda_data<T>(),
                                 y.cuda_data<T>());
    }
  });
  if (auto* node = record<EmbeddingNode>(y, input, weight)) {
    node->geometry = geometry;
    node->padding = padding_idx;
    node->input = input;
  }
  return y;
}

}  // namespace helder
