#include "autograd/ops/mse_loss.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("mse_loss: values and derivatives", "[ops][mse_loss]") {
  check_op("mse_loss", {
                           {"mean", [](In x) { return mse_loss(x[0], x[1]); }},
                           {"sum", [](In x) { return mse_loss(x[0], x[1], Reduction::Sum); }},
                           {"none", [](In x) { return mse_loss(x[0], x[1], Reduction::None); }},
                           {"vectors", [](In x) { return mse_loss(x[0], x[1]); }},
                           {"scalars", [](In x) { return mse_loss(x[0], x[1]); }},
                           {"four dimensions", [](In x) { return mse_loss(x[0], x[1]); }},
                           {"constant target", [](In x) { return mse_loss(x[0], x[1]); }},
                           {"constant input", [](In x) { return mse_loss(x[0], x[1]); }},
                           {"no elements sum", [](In x) { return mse_loss(x[0], x[1], Reduction::Sum); }},
                           {"no elements none", [](In x) { return mse_loss(x[0], x[1], Reduction::None); }},
                           {"no elements mean", [](In x) { return mse_loss(x[0], x[1]); }},
                       });
}

TEST_CASE("mse_loss: the number of threads changes no bit", "[ops][mse_loss][threads]") {
  check_threads({{"mse_loss", {{300, 301}, {300, 301}}, [](In x) { return mse_loss(x[0], x[1]); }}});
}

TEST_CASE("mse_loss: errors", "[ops][mse_loss]") {
  check_errors({
      {"mse_loss: input [3] and target [3,1] must have the same shape",
       [] {
         mse_loss(zeros({3}), zeros({3, 1}));
       }},
      {"mse_loss: int64 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { mse_loss(zeros({3}, DType::Int64), zeros({3}, DType::Int64)); }},
  });
}
