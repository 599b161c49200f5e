#include "autograd/ops/huber_loss.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("huber_loss: values and derivatives", "[ops][huber_loss]") {
  check_op("huber_loss",
           {
               {"mean", [](In x) { return huber_loss(x[0], x[1]); }},
               {"sum", [](In x) { return huber_loss(x[0], x[1], Reduction::Sum); }},
               {"none", [](In x) { return huber_loss(x[0], x[1], Reduction::None); }},
               {"vectors", [](In x) { return huber_loss(x[0], x[1]); }},
               {"scalars", [](In x) { return huber_loss(x[0], x[1]); }},
               {"four dimensions", [](In x) { return huber_loss(x[0], x[1]); }},
               {"constant target", [](In x) { return huber_loss(x[0], x[1]); }},
               {"constant input", [](In x) { return huber_loss(x[0], x[1]); }},
               {"no elements sum", [](In x) { return huber_loss(x[0], x[1], Reduction::Sum); }},
               {"no elements none", [](In x) { return huber_loss(x[0], x[1], Reduction::None); }},
               {"no elements mean", [](In x) { return huber_loss(x[0], x[1]); }},
               {"kinks", [](In x) { return huber_loss(x[0], x[1], Reduction::None); }, kNoQuotient},
               {"delta 0.5", [](In x) { return huber_loss(x[0], x[1], Reduction::Mean, 0.5); }},
               {"delta 2 none", [](In x) { return huber_loss(x[0], x[1], Reduction::None, 2); }},
               {"NaN", [](In x) { return huber_loss(x[0], x[1], Reduction::None); }, kNoQuotient},
           });
}

TEST_CASE("huber_loss: the number of threads changes no bit", "[ops][huber_loss][threads]") {
  check_threads({{"huber_loss", {{300, 301}, {300, 301}}, [](In x) { return huber_loss(x[0], x[1]); }}});
}

TEST_CASE("huber_loss: errors", "[ops][huber_loss]") {
  check_errors({
      {"huber_loss: input [3] and target [3,1] must have the same shape",
       [] {
         huber_loss(zeros({3}), zeros({3, 1}));
       }},
      {"huber_loss: int64 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { huber_loss(zeros({3}, DType::Int64), zeros({3}, DType::Int64)); }},
      {"huber_loss: delta must be positive, got 0",
       [] { huber_loss(zeros({3}), zeros({3}), Reduction::Mean, 0); }},
  });
}
