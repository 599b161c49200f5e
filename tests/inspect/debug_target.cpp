// A program to stop in: debugger_test.cpp runs it under gdb and lldb, and looks at what they show.

#include <cstring>

#include "autograd/ops/conv2d.h"
#include "layers/batch_norm.h"
#include "layers/linear.h"
#include "layers/module.h"
#include "layers/sequential.h"
#include "tensor/factories.h"

using namespace helder;

struct Net : Module {
  Sequential body{make<Linear>(4, 3), make<BatchNorm1d>(3)};
  Linear head{3, 2, {.bias = false}};
  Net() { register_modules({{"body", body}, {"head", head}}); }
};

int main() {
  const Tensor x = arange(2 * 3 * 8 * 8).to(DType::Float32).reshape({2, 3, 8, 8});
  const Tensor weight = full({4, 3, 3, 3}, 0.5).requires_grad_();
  const Tensor bias = zeros({4}).requires_grad_();
  const Tensor undefined;
  const Tensor columns = x.select(0, 1).select(0, 0).t();
  const Tensor halves = linspace(-1, 1, 5).to(DType::Float16);
  const Tensor nan = tensor<double>({1, 2, 0.0 / 0.0, -3});
  const Tensor none = zeros({0, 3});

  alignas(Tensor) unsigned char bytes[sizeof(Tensor)];  // as a variable that is not initialised yet
  std::memset(bytes, 0x5a, sizeof(bytes));
  const Tensor* garbage = reinterpret_cast<const Tensor*>(bytes);

  Net net;
  const Module& any = net.body;
  const std::shared_ptr<Linear> shared = make<Linear>(1, 1);
  const auto* no_module = reinterpret_cast<const Net*>(bytes);

  const Tensor y = conv2d(x, weight, bias, {.padding = 1});
  y.sum().backward();
  return garbage == nullptr || no_module == nullptr || any.is_training() != shared->is_training();
}
