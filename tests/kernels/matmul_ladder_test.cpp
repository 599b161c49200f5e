#include "kernels/matmul/ladder/ladder.h"

#include "kernels/matmul/matmul.h"
#include "tensor/factories.h"
#include "tests/catch.h"

using namespace helder;
using namespace helder::kernels;

namespace {

// The last rungs, in the ladder's form.
template <class T>
void matmul_library(int64_t M, int64_t N, int64_t K, const T* a, const T* b, T* c) {
  matmul_cpu(M, N, K, Matrix<T>{a, K, 1}, Matrix<T>{b, N, 1}, c, N);
}

template <class T>
struct Rung {
  const char* name;
  void (*run)(int64_t M, int64_t N, int64_t K, const T* a, const T* b, T* c);
};

template <class T>
const std::vector<Rung<T>> kRungs = {{"naive", ladder::matmul_naive<T>},
                                     {"loop order", ladder::matmul_loop_order<T>},
                                     {"cache blocking", ladder::matmul_cache_blocking<T>},
                                     {"packing", ladder::matmul_packing<T>},
                                     {"micro-kernel", ladder::matmul_micro_kernel<T>},
                                     {"calling ahead, threads", matmul_library<T>}};

}  // namespace

TEMPLATE_TEST_CASE("every rung of the ladder computes what the one below it does", "", float, double) {
  using T = TestType;
  const std::vector<Shape> sizes = {{1, 1, 1},      {2, 3, 4},      {4, 32, 256},  {5, 33, 257},
                                    {17, 19, 23},   {64, 64, 64},   {100, 130, 7}, {3, 600, 300},
                                    {130, 70, 520}, {20, 760, 1100}};
  Generator generator(7);
  for (const Shape& size : sizes) {
    const int64_t M = size[0], N = size[1], K = size[2];
    // Small integers: their sums are exact in any order, so the rungs must agree to the bit.
    const Tensor a = randint(-8, 9, {M, K}, dtype_of<T>(), generator);
    const Tensor b = randint(-8, 9, {K, N}, dtype_of<T>(), generator);
    Tensor below;
    for (const Rung<T>& rung : kRungs<T>) {
      INFO(rung.name << ", M N K = " << size.str());
      Tensor c = full({M, N}, 1e30, dtype_of<T>());  // must be written over
      rung.run(M, N, K, a.data<T>(), b.data<T>(), c.data<T>());
      if (below.defined()) {
        CHECK(c.to_vector<T>() == below.to_vector<T>());
      }
      below = c;
    }
  }
}
