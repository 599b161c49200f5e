#include "autograd/ops/where.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("where: values and derivatives", "[ops][where]") {
  constexpr auto f = [](In x) { return where(x[0], x[1], x[2]); };
  check_op("where", {
                        {"matrices", f},
                        {"scalars", f},
                        {"condition broadcast", f},
                        {"inputs broadcast", f},
                        {"no elements", f},
                        {"int64", f},
                        {"bool", f},
                        {"float64 and int64", f},
                        {"same input twice", [](In x) { return where(x[0], x[1], x[1]); }},
                        {"NaN not chosen", f},
                    });
}

TEST_CASE("where: errors", "[ops][where]") {
  check_errors({
      {"where: the condition must be bool, got int64",
       [] { where(zeros({2}, DType::Int64), zeros({2}), zeros({2})); }},
      {"where: shapes [3] and [2] do not broadcast (3 against 2)",
       [] { where(zeros({3}, DType::Bool), zeros({2}), zeros({2})); }},
      {"where: shapes [2] and [4] do not broadcast (2 against 4)",
       [] { where(zeros({2}, DType::Bool), zeros({2}), zeros({4})); }},
  });
}
