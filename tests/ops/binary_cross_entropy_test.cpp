#include "autograd/ops/binary_cross_entropy.h"

#include "autograd/ops/sigmoid.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("binary_cross_entropy: values and derivatives", "[ops][binary_cross_entropy]") {
  check_op(
      "binary_cross_entropy",
      {
          {"mean", [](In x) { return binary_cross_entropy(x[0], x[1]); }},
          {"sum", [](In x) { return binary_cross_entropy(x[0], x[1], {}, Reduction::Sum); }},
          {"none", [](In x) { return binary_cross_entropy(x[0], x[1], {}, Reduction::None); }},
          {"vectors", [](In x) { return binary_cross_entropy(x[0], x[1]); }},
          {"scalars", [](In x) { return binary_cross_entropy(x[0], x[1]); }},
          {"four dimensions", [](In x) { return binary_cross_entropy(x[0], x[1]); }},
          {"constant target", [](In x) { return binary_cross_entropy(x[0], x[1]); }},
          {"constant input", [](In x) { return binary_cross_entropy(x[0], x[1]); }},
          {"no elements sum", [](In x) { return binary_cross_entropy(x[0], x[1], {}, Reduction::Sum); }},
          {"no elements none", [](In x) { return binary_cross_entropy(x[0], x[1], {}, Reduction::None); }},
          {"no elements mean", [](In x) { return binary_cross_entropy(x[0], x[1]); }},
          {"weight", [](In x) { return binary_cross_entropy(x[0], x[1], x[2]); }},
          {"weight row sum", [](In x) { return binary_cross_entropy(x[0], x[1], x[2], Reduction::Sum); }},
          {"weight column none",
           [](In x) { return binary_cross_entropy(x[0], x[1], x[2], Reduction::None); }},
          {"at the ends", [](In x) { return binary_cross_entropy(x[0], x[1], {}, Reduction::None); },
           kNoQuotient},
      });
}

TEST_CASE("binary_cross_entropy: the number of threads changes no bit",
          "[ops][binary_cross_entropy][threads]") {
  check_threads({{"binary_cross_entropy", {{300, 301}, {300, 301}}, [](In x) {
                    return binary_cross_entropy(sigmoid(x[0]), sigmoid(x[1]));
                  }}});
}

TEST_CASE("binary_cross_entropy: errors", "[ops][binary_cross_entropy]") {
  check_errors({
      {"binary_cross_entropy: input [3] and target [3,1] must have the same shape",
       [] {
         binary_cross_entropy(zeros({3}), zeros({3, 1}));
       }},
      {"binary_cross_entropy: int64 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { binary_cross_entropy(zeros({3}, DType::Int64), zeros({3}, DType::Int64)); }},
      {"binary_cross_entropy: input[1] is 1.5, not a probability in [0, 1]",
       [] {
         binary_cross_entropy(tensor<float>({0.5, 1.5}), zeros({2}));
       }},
      {"binary_cross_entropy: input[0] is nan, not a probability in [0, 1]",
       [] {
         binary_cross_entropy(tensor<float>({NAN, 1.5}), zeros({2}));
       }},
      {"binary_cross_entropy: target[1,0] is -1, not a probability in [0, 1]",
       [] {
         binary_cross_entropy(zeros({2, 1}), tensor<float>({0, -1}).reshape({2, 1}));
       }},
      {"binary_cross_entropy: weight [2,3] does not broadcast to the input's shape [3]",
       [] {
         binary_cross_entropy(zeros({3}), zeros({3}), ones({2, 3}));
       }},
      {"binary_cross_entropy: shapes [3] and [2] do not broadcast (3 against 2)",
       [] { binary_cross_entropy(zeros({3}), zeros({3}), ones({2})); }},
      {"binary_cross_entropy: weight is taken as a constant, but it requires grad",
       [] { binary_cross_entropy(zeros({3}), zeros({3}), ones({3}).requires_grad_()); }},
  });
}
