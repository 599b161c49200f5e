#include "autograd/ops/linear.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("linear: values and derivatives", "[ops][linear]") {
  constexpr auto f = [](In x) { return linear(x[0], x[1], x[2]); };
  check_op("linear", {
                         {"batch", f},
                         {"no bias", f},
                         {"vector", f},
                         {"vector no bias", f},
                         {"sequence", f},
                         {"four dimensions", f},
                         {"one row", f},
                         {"one output", f},
                         {"one input", f},
                         {"past a tile", f},
                         {"empty batch", f},
                         {"no features", f},
                         {"constant weight", f},
                         {"constant input", f},
                     });
}

TEST_CASE("linear: errors", "[ops][linear]") {
  check_errors({
      {"linear: weight must be [out, in], got [3]",
       [] {
         linear(zeros({2, 3}), zeros({3}));
       }},
      {"linear: input has 3 features but weight expects 4 (input [2,3], weight [5,4])",
       [] {
         linear(zeros({2, 3}), zeros({5, 4}));
       }},
      {"linear: input has 0 features but weight expects 4 (input [], weight [5,4])",
       [] {
         linear(scalar(1), zeros({5, 4}));
       }},
      {"linear: bias must be [5], got [4]",
       [] {
         linear(zeros({2, 3}), zeros({5, 3}), zeros({4}));
       }},
      {"linear: input is float64, weight float32",
       [] {
         linear(zeros({2, 3}, DType::Float64), zeros({5, 3}));
       }},
      {"linear: input is float32, weight float32, bias int64",
       [] {
         linear(zeros({2, 3}), zeros({5, 3}), zeros({5}, DType::Int64));
       }},
      {"linear: int64 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] {
         linear(zeros({2, 3}, DType::Int64), zeros({5, 3}, DType::Int64));
       }},
  });
}
