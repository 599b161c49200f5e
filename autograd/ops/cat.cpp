#include "autograd/ops/cat.h"

#include "autograd/attributes.h"
#include "autograd/node.h"
#include "tensor/copy.h"
#include "tensor/factories.h"
#include "tensor/views.h"

namespace helder {
namespace {

// Each input gets back the part of dy that it filled.
struct CatNode final : Node, HasAttributes {
  CatNode() : Node("cat") {}
  int dim = 0;

  Attributes attributes() const override { return {{"dim", dim}}; }

  std::vector<Tensor> backward(const Tensor& dy) override {
    std::vector<Tensor> gradients;
    int64_t start = 0;
    for (int i = 0; i < input_count(); ++i) {
      const int64_t end = start + input_shape(i)[dim];
      gradients.push_back(needs_grad(i) ? views::slice(dy, dim, start, end) : Tensor());
      start = end;
    }
    return gradients;
  }
};

}  // namespace

Tensor cat(const std::vector<Tensor>& tensors, int64_t dim0) {
  check(!tensors.empty(), "cat: expected at least one tensor");
  const Tensor& first = tensors.front();
  check(first.rank() > 0, "cat: scalars cannot be joined; use stack");
  const int dim = normalize_dim("cat", dim0, first.rank());
  Shape shape = first.shape();
  shape[dim] = 0;
  for (size_t i = 0; i < tensors.size(); ++i) {
    const Tensor& x = tensors[i];
    check(x.dtype() == first.dtype(), "cat: tensor {} is {} but the first is {}", i, name_of(x.dtype()),
          name_of(first.dtype()));
    Shape others = x.shape();
    if (x.rank() == first.rank()) {
      others[dim] = first.shape()[dim];
    }
    check(others == first.shape(),
          "cat: tensor {} of shape {} does not fit beside the first, {}, along dimension {}", i, x.shape(),
          first.shape(), dim);
    shape[dim] += x.shape()[dim];
  }

  Tensor y = empty(shape, first.dtype(), first.device());
  int64_t start = 0;
  for (const Tensor& x : tensors) {
    const int64_t end = start + x.shape()[dim];
    copy_elements(views::slice(y, dim, start, end), x);
    start = end;
  }
  std::vector<const Tensor*> inputs;
  for (const Tensor& x : tensors) {
    inputs.push_back(&x);
  }
  if (auto* node = record_list<CatNode>(y, inputs)) {
    node->dim = dim;
  }
  return y;
}

}  // namespace helder
