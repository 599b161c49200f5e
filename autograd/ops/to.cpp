#include "autograd/ops/to.h"

#include "autograd/node.h"
#include "tensor/copy.h"

namespace helder {
namespace {

struct ToNode final : Node {
  ToNode() : Node("to") {}
  DType from{};

  std::vector<Tensor> backward(const Tensor& dy) override { return {converted_copy(dy, from)}; }
};

}  // namespace

Tensor to(const Tensor& x, DType dtype) {
  if (x.dtype() == dtype) {
    return x;
  }
  Tensor y = converted_copy(x, dtype);
  if (is_floating_point(dtype)) {
    if (auto* node = record<ToNode>(y, x)) {
      node->from = x.dtype();
    }
  }
  return y;
}

}  // namespace helder
