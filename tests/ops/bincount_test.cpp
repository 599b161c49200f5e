#include "autograd/ops/bincount.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("bincount: values", "[ops][bincount]") {
  constexpr auto f = [](In x) { return bincount(x[0]); };
  constexpr auto weighted = [](In x) { return bincount(x[0], x[1]); };
  check_op("bincount", {
                           {"numbers", f},
                           {"gaps", f},
                           {"one number", f},
                           {"pixels", f},
                           {"no elements", f},
                           {"minlength above", [](In x) { return bincount(x[0], {}, 12); }},
                           {"minlength below", [](In x) { return bincount(x[0], {}, 3); }},
                           {"minlength of no elements", [](In x) { return bincount(x[0], {}, 3); }},
                           {"weights", weighted},
                           {"int64 weights", weighted, kNoFloat32},
                           {"bool weights", weighted, kNoFloat32},
                           {"weights and minlength", [](In x) { return bincount(x[0], x[1], 9); }},
                       });
}

TEST_CASE("bincount: sums of no weights are of the weights' type too", "[ops][bincount]") {
  const Tensor sums =
      bincount(zeros({0}, DType::Int64), zeros({0}), 2);  // PyTorch: int64, for no elements only
  CHECK(same_bits(sums, zeros({2})));
}

TEST_CASE("bincount: errors", "[ops][bincount]") {
  check_errors({
      {"bincount: expected int64 or uint8, got float32", [] { bincount(zeros({2})); }},
      {"bincount: expected one dimension, got [2,1]",
       [] {
         bincount(zeros({2, 1}, DType::Int64));
       }},
      {"bincount: numbers must not be negative, got -3",
       [] {
         bincount(tensor<int64_t>({1, -3, 2}));
       }},
      {"bincount: minlength must not be negative, got -1", [] { bincount(tensor<int64_t>({1}), {}, -1); }},
      {"bincount: weights must have the input's shape [2], got [3]",
       [] {
         bincount(tensor<int64_t>({1, 2}), zeros({3}));
       }},
  });
}
