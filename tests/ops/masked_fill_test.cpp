#include "autograd/ops/masked_fill.h"

#include <limits>

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("masked_fill: values and derivatives", "[ops][masked_fill]") {
  constexpr auto f = [](In x) { return masked_fill(x[0], x[1], 2.5); };
  check_op("masked_fill",
           {
               {"matrices", f},
               {"scalars", f},
               {"mask broadcast", f},
               {"scalar mask", f},
               {"input broadcast", f},
               {"no elements", f},
               {"minus infinity",
                [](In x) { return masked_fill(x[0], x[1], -std::numeric_limits<double>::infinity()); }},
               {"NaN covered", f},
               {"int64", [](In x) { return masked_fill(x[0], x[1], -7); }},
               {"int64 and fraction", f},
               {"pixels", [](In x) { return masked_fill(x[0], x[1], -1); }},
               {"bool", [](In x) { return masked_fill(x[0], x[1], true); }},
           });
}

TEST_CASE("masked_fill: errors", "[ops][masked_fill]") {
  check_errors({
      {"masked_fill: the mask must be bool, got int64",
       [] { masked_fill(zeros({2}), zeros({2}, DType::Int64), 1); }},
      {"masked_fill: shapes [2] and [3] do not broadcast (2 against 3)",
       [] { masked_fill(zeros({2}), zeros({3}, DType::Bool), 1); }},
      {"masked_fill: uint8 does not hold 256",
       [] { masked_fill(zeros({2}, DType::UInt8), zeros({2}, DType::Bool), 256); }},
      {"masked_fill: int64 does not hold -inf",
       [] {
         masked_fill(zeros({2}, DType::Int64), zeros({2}, DType::Bool),
                     -std::numeric_limits<double>::infinity());
       }},
  });
}
