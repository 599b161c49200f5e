#include "autograd/ops/one_hot.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("one_hot: values", "[ops][one_hot]") {
  constexpr auto f = [](In x) { return one_hot(x[0]); };
  constexpr auto six = [](In x) { return one_hot(x[0], 6); };
  check_op("one_hot", {{"vector", f},
                       {"scalar", f},
                       {"matrix", f},
                       {"zeros", f},
                       {"six classes", six},
                       {"matrix, six classes", six},
                       {"exactly enough", six},
                       {"no elements", six},
                       {"no rows", six}});
}

TEST_CASE("one_hot: errors", "[ops][one_hot]") {
  check_errors({
      {"one_hot: class numbers must not be negative, got -2",
       [] {
         one_hot(tensor<int64_t>({1, -2}));
       }},
      {"one_hot: class numbers must not be negative, got -1",
       [] {
         one_hot(tensor<int64_t>({1, -1}), 3);
       }},
      {"one_hot: class number 3 is not below num_classes 3",
       [] {
         one_hot(tensor<int64_t>({1, 3}), 3);
       }},
      {"one_hot: num_classes must be positive, or -1 to take it from the input, got 0",
       [] { one_hot(tensor<int64_t>({1}), 0); }},
      {"one_hot: num_classes cannot be taken from no elements (input [0,2])",
       [] {
         one_hot(zeros({0, 2}, DType::Int64));
       }},
      {"one_hot: expected int64, got uint8", [] { one_hot(zeros({2}, DType::UInt8)); }},
  });
}
