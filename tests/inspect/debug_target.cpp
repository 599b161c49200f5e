// A program to stop in: debugger_test.cpp runs it under gdb and lldb, and looks at what they show.

#include <cstring>

#include "autograd/ops/conv2d.h"
#include "tensor/factories.h"

using namespace helder;

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

  const Tensor y = conv2d(x, weight, bias, {.padding = 1});
  y.sum().backward();
  return garbage == nullptr;
}
