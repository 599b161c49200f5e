#include "autograd/ops/l1_loss.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("l1_loss: values and derivatives", "[ops][l1_loss]") {
  check_op("l1_loss", {
                          {"mean", [](In x) { return l1_loss(x[0], x[1]); }},
                          {"sum", [](In x) { return l1_loss(x[0], x[1], Reduction::Sum); }},
                          {"none", [](In x) { return l1_loss(x[0], x[1], Reduction::None); }},
                          {"vectors", [](In x) { return l1_loss(x[0], x[1]); }},
                          {"scalars", [](In x) { return l1_loss(x[0], x[1]); }},
                          {"four dimensions", [](In x) { return l1_loss(x[0], x[1]); }},
                          {"constant target", [](In x) { return l1_loss(x[0], x[1]); }},
                          {"constant input", [](In x) { return l1_loss(x[0], x[1]); }},
                          {"no elements sum", [](In x) { return l1_loss(x[0], x[1], Reduction::Sum); }},
                          {"no elements none", [](In x) { return l1_loss(x[0], x[1], Reduction::None); }},
                          {"no elements mean", [](In x) { return l1_loss(x[0], x[1]); }},
                          {"ties", [](In x) { return l1_loss(x[0], x[1], Reduction::None); }, kNoQuotient},
                          {"NaN", [](In x) { return l1_loss(x[0], x[1], Reduction::None); }, kNoQuotient},
                          {"int64 target", [](In x) { return l1_loss(x[0], x[1]); }},
                      });
}

TEST_CASE("l1_loss: the number of threads changes no bit", "[ops][l1_loss][threads]") {
  check_threads({{"l1_loss", {{300, 301}, {300, 301}}, [](In x) { return l1_loss(x[0], x[1]); }}});
}

TEST_CASE("l1_loss: errors", "[ops][l1_loss]") {
  check_errors({
      {"l1_loss: input [3] and target [3,1] must have the same shape",
       [] {
         l1_loss(zeros({3}), zeros({3, 1}));
       }},
      {"l1_loss: int64 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { l1_loss(zeros({3}, DType::Int64), zeros({3}, DType::Int64)); }},
  });
}
