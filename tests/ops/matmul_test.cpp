#include "autograd/ops/matmul.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("matmul: values and derivatives", "[ops][matmul]") {
  constexpr auto f = [](In x) { return matmul(x[0], x[1]); };
  check_op("matmul", {
                         {"2d 2d", f},
                         {"1d 1d", f},
                         {"1d 2d", f},
                         {"2d 1d", f},
                         {"1d 3d", f},
                         {"3d 1d", f},
                         {"1d 4d", f},
                         {"4d 1d", f},
                         {"3d 2d", f},
                         {"2d 3d", f},
                         {"3d 3d", f},
                         {"3d 3d left broadcast", f},
                         {"3d 3d right broadcast", f},
                         {"4d 4d", f},
                         {"4d 4d both broadcast", f},
                         {"4d 3d", f},
                         {"4d 2d", f},
                         {"2d 4d", f},
                         {"one by one", f},
                         {"row by column", f},
                         {"column by row", f},
                         {"past a tile", f},
                         {"long", f},
                         {"no rows", f},
                         {"no columns", f},
                         {"sum over nothing", f},
                         {"no batch", f},
                         {"vectors of nothing", f},
                         {"transposed left", [](In x) { return matmul(x[0].t(), x[1]); }},
                         {"transposed right", [](In x) { return matmul(x[0], x[1].t()); }},
                         {"transposed both", [](In x) { return matmul(x[0].t(), x[1].t()); }},
                         {"squared", [](In x) { return matmul(x[0], x[0]); }},
                         {"with its transpose", [](In x) { return x[0].matmul(x[0].t()); }},
                         {"expanded",
                          [](In x) {
                            return matmul(x[0].expand({2, 3, 4}), x[1]);
                          }},
                     });
}

TEST_CASE("matmul: errors", "[ops][matmul]") {
  check_errors({
      {"matmul: a has 3 columns but b has 4 rows (a [2,3], b [4,5])",
       [] {
         matmul(zeros({2, 3}), zeros({4, 5}));
       }},
      {"matmul: a has 3 columns but b has 2 rows (a [3], b [2])", [] { matmul(zeros({3}), zeros({2})); }},
      {"matmul: a has 4 columns but b has 3 rows (a [2,5,4], b [3])",
       [] {
         matmul(zeros({2, 5, 4}), zeros({3}));
       }},
      {"matmul: expected at least one dimension each, got [] and [3]", [] { matmul(scalar(1), zeros({3})); }},
      {"matmul: a is float32 but b is float64",
       [] {
         matmul(zeros({2, 2}), zeros({2, 2}, DType::Float64));
       }},
      {"matmul: shapes [2] and [3] do not broadcast (2 against 3)",
       [] {
         matmul(zeros({2, 4, 4}), zeros({3, 4, 4}));
       }},
      {"matmul: int64 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] {
         matmul(zeros({2, 2}, DType::Int64), zeros({2, 2}, DType::Int64));
       }},
  });
}
