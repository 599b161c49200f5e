#include <iostream>

#include "autograd/ops/mul.h"
#include "tensor/factories.h"

int main() {
  const helder::Tensor x = helder::arange(0, 3, 1, helder::DType::Float32).requires_grad_();
  (x * x).sum().backward();
  std::cout << "x = " << x << "\nd(sum of x*x)/dx = " << x.grad() << "\n";
  return x.grad().to_vector<float>() == std::vector<float>{0, 2, 4} ? 0 : 1;
}
