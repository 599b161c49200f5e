#include "tensor/copy.h"

#include "tensor/factories.h"
#include "tensor/views.h"
#include "tests/catch.h"
#include "tests/thread_count.h"

using namespace helder;

TEST_CASE("copy: large tensors are copied whole, by any number of threads") {
  constexpr int64_t kSize = 300'001;  // several pieces and a rest
  const Tensor from = views::slice(arange(kSize + 3), 0, 3, std::nullopt);
  for (const int threads : {1, 2, 3}) {
    const ThreadCount guard(threads);
    const Tensor to = full({kSize + 2}, -1, DType::Int64);
    copy_elements(views::slice(to, 0, 1, kSize + 1), from);
    const int64_t* values = to.data<int64_t>();
    CHECK(values[0] == -1);
    CHECK(values[kSize + 1] == -1);
    int64_t wrong = 0;
    for (int64_t i = 0; i < kSize; ++i) {
      wrong += values[i + 1] != i + 3;
    }
    CHECK(wrong == 0);
  }
}
