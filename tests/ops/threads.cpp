#include "tests/ops/threads.h"

#include "tensor/factories.h"
#include "tensor/parallel.h"
#include "tests/catch.h"

namespace helder::testing {
namespace {

std::vector<Tensor> outputs_and_gradients(const LargeCase& c, DType dtype, int threads) {
  const int before = num_threads();
  set_num_threads(threads);
  Generator generator(42);
  std::vector<Tensor> x;
  for (const Shape& shape : c.shapes) {
    x.push_back(randn(shape, dtype, generator));
    x.back().requires_grad_();
  }
  const Tensor y = c.run(x);
  std::vector<Tensor> results = {y.detach()};
  if (y.requires_grad()) {
    y.backward(randn(y.shape(), dtype, generator));
  }
  for (const Tensor& input : x) {
    if (input.grad().defined()) {
      results.push_back(input.grad());
    }
  }
  set_num_threads(before);
  return results;
}

}  // namespace

void check_threads(std::initializer_list<LargeCase> cases) {
  for (const LargeCase& c : cases) {
    for (DType dtype : {DType::Float32, DType::Float64}) {
      INFO(c.name << " in " << name_of(dtype));
      const auto expected = outputs_and_gradients(c, dtype, 1);
      CHECK(expected.size() == c.shapes.size() + 1);
      for (int threads : {2, 3}) {
        const auto got = outputs_and_gradients(c, dtype, threads);
        for (size_t i = 0; i < expected.size(); ++i) {
          INFO(threads << " threads, " << (i == 0 ? "output" : "gradient of input ") << i);
          CHECK(same_bits(got[i], expected[i]));
        }
      }
    }
  }
}

}  // namespace helder::testing
