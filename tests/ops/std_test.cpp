#include "autograd/ops/std.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

namespace {
Tensor sample_deviation(const Tensor& x, const Shape& dims, bool keepdim) {
  return helder::std(x, dims, 1, keepdim);
}
}  // namespace

TEST_CASE("std: values and derivatives", "[ops][std]") {
  check_op("std", over_dims<sample_deviation>(),
           {
               {"over no elements", [](In x) { return helder::std(x[0], {0}); }},
               {"all of no elements", [](In x) { return helder::std(x[0]); }},
               {"biased all", [](In x) { return helder::std(x[0], {}, 0); }},
               {"biased dim 1", [](In x) { return helder::std(x[0], {1}, 0); }},
               {"correction 2", [](In x) { return helder::std(x[0], {1}, 2); }},
               {"correction 5", [](In x) { return helder::std(x[0], {1}, 5); }},
               {"far from zero", [](In x) { return helder::std(x[0], {0}); }},
               {"equal numbers", [](In x) { return helder::std(x[0], {1}); }, kNoQuotient},
               {"one number", [](In x) { return helder::std(x[0]); }},
               {"scalar", [](In x) { return helder::std(x[0]); }},
               {"NaN", [](In x) { return helder::std(x[0], {1}); }},
           });
}

TEST_CASE("std: threads change no bit", "[ops][std]") {
  check_threads({{"columns", {{400, 101}}, [](In x) { return helder::std(x[0], {0}); }},
                 {"all", {{400, 101}}, [](In x) { return helder::std(x[0]); }}});
}

TEST_CASE("std: errors", "[ops][std]") {
  check_errors({
      {"std: dimension 2 is out of range for a tensor of 2 dimensions (expected -2 to 1)",
       [] {
         helder::std(zeros({2, 3}), {2});
       }},
      {"std: dimension -1 is named twice in [1,-1]",
       [] {
         helder::std(zeros({2, 3}), {1, -1});
       }},
      {"std: expected floating point, got int64", [] { helder::std(zeros({2}, DType::Int64)); }},
  });
}
