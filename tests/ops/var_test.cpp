#include "autograd/ops/var.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

namespace {
Tensor sample_variance(const Tensor& x, const Shape& dims, bool keepdim) { return var(x, dims, 1, keepdim); }
}  // namespace

TEST_CASE("var: values and derivatives", "[ops][var]") {
  check_op("var", over_dims<sample_variance>(),
           {
               {"over no elements", [](In x) { return var(x[0], {0}); }},
               {"all of no elements", [](In x) { return var(x[0]); }},
               {"biased all", [](In x) { return var(x[0], {}, 0); }},
               {"biased dim 1", [](In x) { return var(x[0], {1}, 0); }},
               {"correction 2", [](In x) { return var(x[0], {1}, 2); }},
               {"far from zero", [](In x) { return var(x[0], {0}); }},
           });
}

TEST_CASE("var: n - correction does not overflow", "[ops][var]") {
  CHECK(var(tensor<double>({1, 3}), {}, INT64_MIN).item() == 0x1p-62);  // 2 / (2 + 2^63)
}

TEST_CASE("var: errors", "[ops][var]") {
  check_errors({
      {"var: dimension 2 is out of range for a tensor of 2 dimensions (expected -2 to 1)",
       [] {
         var(zeros({2, 3}), {2});
       }},
      {"var: dimension -3 is out of range for a tensor of 2 dimensions (expected -2 to 1)",
       [] {
         var(zeros({2, 3}), {0, -3});
       }},
      {"var: dimension -1 is named twice in [1,-1]",
       [] {
         var(zeros({2, 3}), {1, -1});
       }},
      {"var: expected floating point, got int64", [] { var(zeros({2}, DType::Int64)); }},
  });
}
