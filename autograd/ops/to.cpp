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

struct ToDeviceNode final : Node {
  ToDeviceNode() : Node("to_device") {}
  Device from{};

  std::vector<Tensor> backward(const Tensor& dy) override { return {copied_to(dy, from)}; }
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

Tensor to(const Tensor& x, Device device) {
  if (x.device() == device) {
    return x;
  }
  Tensor y = copied_to(x, device);
  if (auto* node = record<ToDeviceNode>(y, x)) {
    node->from = x.device();
  }
  return y;
}

}  // namespace helder
