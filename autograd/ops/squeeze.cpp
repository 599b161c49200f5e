#include "autograd/ops/squeeze.h"

#include "autograd/node.h"
#include "tensor/views.h"

namespace helder {
namespace {

struct SqueezeNode final : Node {
  SqueezeNode() : Node("squeeze") {}

  std::vector<Tensor> backward(const Tensor& dy) override { return {views::reshape(dy, input_shape(0))}; }
};

struct UnsqueezeNode final : Node {
  UnsqueezeNode() : Node("unsqueeze") {}

  std::vector<Tensor> backward(const Tensor& dy) override { return {views::reshape(dy, input_shape(0))}; }
};

}  // namespace

Tensor squeeze(const Tensor& x, std::optional<int64_t> dim) {
  Tensor y = views::squeeze(x, dim);
  record<SqueezeNode>(y, x);
  return y;
}

Tensor unsqueeze(const Tensor& x, int64_t dim) {
  Tensor y = views::unsqueeze(x, dim);
  record<UnsqueezeNode>(y, x);
  return y;
}

}  // namespace helder
