#include "autograd/ops/kl_div.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("kl_div: values and derivatives", "[ops][kl_div]") {
  check_op(
      "kl_div",
      {
          {"mean", [](In x) { return kl_div(x[0], x[1]); }},
          {"sum", [](In x) { return kl_div(x[0], x[1], {.reduction = KlReduction::Sum}); }},
          {"none", [](In x) { return kl_div(x[0], x[1], {.reduction = KlReduction::None}); }},
          {"vectors", [](In x) { return kl_div(x[0], x[1]); }},
          {"scalars", [](In x) { return kl_div(x[0], x[1]); }},
          {"four dimensions", [](In x) { return kl_div(x[0], x[1]); }},
          {"constant target", [](In x) { return kl_div(x[0], x[1]); }},
          {"constant input", [](In x) { return kl_div(x[0], x[1]); }},
          {"no elements sum", [](In x) { return kl_div(x[0], x[1], {.reduction = KlReduction::Sum}); }},
          {"no elements none", [](In x) { return kl_div(x[0], x[1], {.reduction = KlReduction::None}); }},
          {"no elements mean", [](In x) { return kl_div(x[0], x[1]); }},
          {"batchmean", [](In x) { return kl_div(x[0], x[1], {.reduction = KlReduction::BatchMean}); }},
          {"batchmean image", [](In x) { return kl_div(x[0], x[1], {.reduction = KlReduction::BatchMean}); }},
          {"batchmean scalars",
           [](In x) { return kl_div(x[0], x[1], {.reduction = KlReduction::BatchMean}); }},
          {"target 0", [](In x) { return kl_div(x[0], x[1], {.reduction = KlReduction::None}); }},
          {"log target mean", [](In x) { return kl_div(x[0], x[1], {.log_target = true}); }},
          {"log target sum",
           [](In x) { return kl_div(x[0], x[1], {.reduction = KlReduction::Sum, .log_target = true}); }},
          {"log target none",
           [](In x) { return kl_div(x[0], x[1], {.reduction = KlReduction::None, .log_target = true}); }},
          {"log target batchmean",
           [](In x) {
             return kl_div(x[0], x[1], {.reduction = KlReduction::BatchMean, .log_target = true});
           }},
          {"log target -inf",
           [](In x) { return kl_div(x[0], x[1], {.reduction = KlReduction::None, .log_target = true}); }},
      });
}

TEST_CASE("kl_div: the number of threads changes no bit", "[ops][kl_div][threads]") {
  check_threads(
      {{"kl_div", {{300, 301}, {300, 301}}, [](In x) { return kl_div(x[0], x[1], {.log_target = true}); }}});
}

TEST_CASE("kl_div: errors", "[ops][kl_div]") {
  check_errors({
      {"kl_div: input [3] and target [3,1] must have the same shape",
       [] {
         kl_div(zeros({3}), zeros({3, 1}));
       }},
      {"kl_div: int64 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { kl_div(zeros({3}, DType::Int64), zeros({3}, DType::Int64)); }},
  });
}
