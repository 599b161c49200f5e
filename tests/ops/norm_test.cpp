#include "autograd/ops/norm.h"

#include <limits>

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

namespace {
constexpr double kInfinity = std::numeric_limits<double>::infinity();
Tensor euclidean(const Tensor& x, const Shape& dims, bool keepdim) { return norm(x, 2, dims, keepdim); }
}  // namespace

TEST_CASE("norm: values and derivatives", "[ops][norm]") {
  check_op(
      "norm", over_dims<euclidean>(),
      {
          {"over no elements", [](In x) { return norm(x[0], 2, {0}); }},
          {"all of no elements", [](In x) { return norm(x[0]); }},
          {"scalar", [](In x) { return norm(x[0]); }},
          {"order 2 of rows", [](In x) { return norm(x[0], 2, {1}); }},
          {"order 2 of all", [](In x) { return norm(x[0], 2, {}); }},
          {"order 2 of zeros", [](In x) { return norm(x[0], 2, {1}); }, kNoQuotient},
          {"order 2 of NaN and infinity", [](In x) { return norm(x[0], 2, {1}); }, kNoQuotient},
          {"order 2 of nothing", [](In x) { return norm(x[0], 2, {1}); }},
          {"order 1 of rows", [](In x) { return norm(x[0], 1, {1}); }},
          {"order 1 of all", [](In x) { return norm(x[0], 1, {}); }},
          {"order 1 of zeros", [](In x) { return norm(x[0], 1, {1}); }, kNoQuotient},
          {"order 1 of NaN and infinity", [](In x) { return norm(x[0], 1, {1}); }, kNoQuotient},
          {"order 1 of nothing", [](In x) { return norm(x[0], 1, {1}); }},
          {"order 0 of rows", [](In x) { return norm(x[0], 0, {1}); }, kNoQuotient},
          {"order 0 of all", [](In x) { return norm(x[0], 0, {}); }, kNoQuotient},
          {"order 0 of zeros", [](In x) { return norm(x[0], 0, {1}); }, kNoQuotient},
          {"order 0 of NaN and infinity", [](In x) { return norm(x[0], 0, {1}); }, kNoQuotient},
          {"order 0 of nothing", [](In x) { return norm(x[0], 0, {1}); }},
          {"order 3 of rows", [](In x) { return norm(x[0], 3, {1}); }},
          {"order 3 of all", [](In x) { return norm(x[0], 3, {}); }},
          {"order 3 of zeros", [](In x) { return norm(x[0], 3, {1}); }, kNoQuotient},
          {"order 3 of NaN and infinity", [](In x) { return norm(x[0], 3, {1}); }, kNoQuotient},
          {"order 3 of nothing", [](In x) { return norm(x[0], 3, {1}); }},
          {"order 2.5 of rows", [](In x) { return norm(x[0], 2.5, {1}); }},
          {"order 2.5 of all", [](In x) { return norm(x[0], 2.5, {}); }},
          {"order 2.5 of zeros", [](In x) { return norm(x[0], 2.5, {1}); }, kNoQuotient},
          {"order 2.5 of NaN and infinity", [](In x) { return norm(x[0], 2.5, {1}); }, kNoQuotient},
          {"order 2.5 of nothing", [](In x) { return norm(x[0], 2.5, {1}); }},
          {"order 1.5 of rows", [](In x) { return norm(x[0], 1.5, {1}); }},
          {"order 1.5 of all", [](In x) { return norm(x[0], 1.5, {}); }},
          {"order 1.5 of zeros", [](In x) { return norm(x[0], 1.5, {1}); }, kNoQuotient},
          {"order 1.5 of NaN and infinity", [](In x) { return norm(x[0], 1.5, {1}); }, kNoQuotient},
          {"order 1.5 of nothing", [](In x) { return norm(x[0], 1.5, {1}); }},
          {"order 0.5 of rows", [](In x) { return norm(x[0], 0.5, {1}); }},
          {"order 0.5 of all", [](In x) { return norm(x[0], 0.5, {}); }},
          {"order 0.5 of zeros", [](In x) { return norm(x[0], 0.5, {1}); }, kNoQuotient},
          {"order 0.5 of NaN and infinity", [](In x) { return norm(x[0], 0.5, {1}); }, kNoQuotient},
          {"order 0.5 of nothing", [](In x) { return norm(x[0], 0.5, {1}); }},
          {"order -1 of rows", [](In x) { return norm(x[0], -1, {1}); }},
          {"order -1 of all", [](In x) { return norm(x[0], -1, {}); }},
          {"order -1 of zeros", [](In x) { return norm(x[0], -1, {1}); }, kNoQuotient},
          {"order -1 of NaN and infinity", [](In x) { return norm(x[0], -1, {1}); }, kNoQuotient},
          {"order -1 of nothing", [](In x) { return norm(x[0], -1, {1}); }},
          {"order -2.5 of rows", [](In x) { return norm(x[0], -2.5, {1}); }},
          {"order -2.5 of all", [](In x) { return norm(x[0], -2.5, {}); }},
          {"order -2.5 of zeros", [](In x) { return norm(x[0], -2.5, {1}); }, kNoQuotient},
          {"order -2.5 of NaN and infinity", [](In x) { return norm(x[0], -2.5, {1}); }, kNoQuotient},
          {"order -2.5 of nothing", [](In x) { return norm(x[0], -2.5, {1}); }},
          {"order inf of rows", [](In x) { return norm(x[0], kInfinity, {1}); }},
          {"order inf of all", [](In x) { return norm(x[0], kInfinity, {}); }},
          {"order inf of zeros", [](In x) { return norm(x[0], kInfinity, {1}); }, kNoQuotient},
          {"order inf of NaN and infinity", [](In x) { return norm(x[0], kInfinity, {1}); }, kNoQuotient},
          {"order inf of nothing", [](In x) { return norm(x[0], kInfinity, {1}); }},
          {"order -inf of rows", [](In x) { return norm(x[0], -kInfinity, {1}); }},
          {"order -inf of all", [](In x) { return norm(x[0], -kInfinity, {}); }},
          {"order -inf of zeros", [](In x) { return norm(x[0], -kInfinity, {1}); }, kNoQuotient},
          {"order -inf of NaN and infinity", [](In x) { return norm(x[0], -kInfinity, {1}); }, kNoQuotient},
          {"order -inf of nothing", [](In x) { return norm(x[0], -kInfinity, {1}); }},
          {"order inf of ties", [](In x) { return norm(x[0], kInfinity, {1}); }, kNoQuotient},
          {"order -inf of ties", [](In x) { return norm(x[0], -kInfinity, {1}); }, kNoQuotient},
          {"order inf keepdim",
           [](In x) {
             return norm(x[0], kInfinity, {0, 2}, true);
           }},
          {"order 3 keepdim",
           [](In x) {
             return norm(x[0], 3, {0, 2}, true);
           }},
          {"order 1 of long rows", [](In x) { return norm(x[0], 1, {1}); }},
      });
}

TEST_CASE("norm: threads change no bit", "[ops][norm]") {
  check_threads({{"rows", {{300, 101}}, [](In x) { return norm(x[0], 2, {1}); }},
                 {"columns", {{101, 300}}, [](In x) { return norm(x[0], 3, {0}); }}});
}

TEST_CASE("norm: errors", "[ops][norm]") {
  check_errors({
      {"norm: dimension 2 is out of range for a tensor of 2 dimensions (expected -2 to 1)",
       [] {
         norm(zeros({2, 3}), 2, {2});
       }},
      {"norm: dimension 1 is named twice in [1,1]",
       [] {
         norm(zeros({2, 3}), 2, {1, 1});
       }},
      {"norm: expected floating point, got int64", [] { norm(zeros({2}, DType::Int64)); }},
      {"norm: ord must be a number, got NaN",
       [] { norm(zeros({2}), std::numeric_limits<double>::quiet_NaN()); }},
      {"norm: there is no norm of order inf of no elements (input [0,3])",
       [] {
         norm(zeros({0, 3}), kInfinity, {0});
       }},
      {"norm: there is no norm of order -1 of no elements (input [0])", [] { norm(zeros({0}), -1); }},
      {"norm: float16 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { norm(zeros({2}, DType::Float16)); }},
  });
}
