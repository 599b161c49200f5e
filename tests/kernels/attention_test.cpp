#include "kernels/attention/attention.h"

#include <vector>

#include "kernels/attention/ladder/ladder.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;

TEMPLATE_TEST_CASE("the rungs of the attention ladder agree", "[kernels][attention]", float, double) {
  struct Sizes {
    int64_t L, S, E, Ev;
  };
  const double tolerance = sizeof(TestType) == 4 ? 3e-5 : 1e-12;
  const TestType scale = TestType(0.3);
  for (const Sizes& n : {Sizes{1, 1, 1, 1}, {3, 5, 2, 4}, {17, 50, 9, 17}, {40, 500, 33, 20}}) {
    INFO("L " << n.L << " S " << n.S << " E " << n.E << " Ev " << n.Ev);
    const DType dtype = dtype_of<TestType>();
    Generator generator(3);
    const Tensor q = randn({n.L, n.E}, dtype, generator), k = randn({n.S, n.E}, dtype, generator),
                 v = randn({n.S, n.Ev}, dtype, generator);
    const Tensor naive = empty({n.L, n.Ev}, dtype), online = empty_like(naive), blocks = empty_like(naive);
    const auto data = [](const Tensor& x) { return x.data<TestType>(); };
    kernels::ladder::attention_naive<TestType>(n.L, n.S, n.E, n.Ev, scale, data(q), data(k), data(v),
                                               data(naive));
    kernels::ladder::attention_online<TestType>(n.L, n.S, n.E, n.Ev, scale, data(q), data(k), data(v),
                                                data(online));
    const std::vector<int64_t> first = {0};
    kernels::attention_forward_cpu<TestType>(
        {.batch = 1, .queries = n.L, .keys = n.S, .features = n.E, .value_features = n.Ev, .scale = scale},
        {data(q), first, n.E}, {data(k), first, n.E}, {data(v), first, n.Ev}, {}, {data(blocks), first, n.Ev},
        nullptr);
    CHECK(testing::first_difference(online, naive, tolerance) == "");
    CHECK(testing::first_difference(blocks, naive, tolerance) == "");
  }
}
