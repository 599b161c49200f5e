#include "autograd/ops/smooth_l1_loss.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("smooth_l1_loss: values and derivatives", "[ops][smooth_l1_loss]") {
  check_op("smooth_l1_loss",
           {
               {"mean", [](In x) { return smooth_l1_loss(x[0], x[1]); }},
               {"sum", [](In x) { return smooth_l1_loss(x[0], x[1], Reduction::Sum); }},
               {"none", [](In x) { return smooth_l1_loss(x[0], x[1], Reduction::None); }},
               {"vectors", [](In x) { return smooth_l1_loss(x[0], x[1]); }},
               {"scalars", [](In x) { return smooth_l1_loss(x[0], x[1]); }},
               {"four dimensions", [](In x) { return smooth_l1_loss(x[0], x[1]); }},
               {"constant target", [](In x) { return smooth_l1_loss(x[0], x[1]); }},
               {"constant input", [](In x) { return smooth_l1_loss(x[0], x[1]); }},
               {"no elements sum", [](In x) { return smooth_l1_loss(x[0], x[1], Reduction::Sum); }},
               {"no elements none", [](In x) { return smooth_l1_loss(x[0], x[1], Reduction::None); }},
               {"no elements mean", [](In x) { return smooth_l1_loss(x[0], x[1]); }},
               {"kinks", [](In x) { return smooth_l1_loss(x[0], x[1], Reduction::None); }, kNoQuotient},
               {"beta 0.5", [](In x) { return smooth_l1_loss(x[0], x[1], Reduction::Mean, 0.5); }},
               {"beta 2 none", [](In x) { return smooth_l1_loss(x[0], x[1], Reduction::None, 2); }},
               {"beta 0", [](In x) { return smooth_l1_loss(x[0], x[1], Reduction::Mean, 0); }},
               {"NaN", [](In x) { return smooth_l1_loss(x[0], x[1], Reduction::None); }, kNoQuotient},
           });
}

TEST_CASE("smooth_l1_loss: the number of threads changes no bit", "[ops][smooth_l1_loss][threads]") {
  check_threads(
      {{"smooth_l1_loss", {{300, 301}, {300, 301}}, [](In x) { return smooth_l1_loss(x[0], x[1]); }}});
}

TEST_CASE("smooth_l1_loss: errors", "[ops][smooth_l1_loss]") {
  check_errors({
      {"smooth_l1_loss: input [3] and target [3,1] must have the same shape",
       [] {
         smooth_l1_loss(zeros({3}), zeros({3, 1}));
       }},
      {"smooth_l1_loss: int64 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { smooth_l1_loss(zeros({3}, DType::Int64), zeros({3}, DType::Int64)); }},
      {"smooth_l1_loss: beta must not be negative, got -1",
       [] { smooth_l1_loss(zeros({3}), zeros({3}), Reduction::Mean, -1); }},
  });
}
