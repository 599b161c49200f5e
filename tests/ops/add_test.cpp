#include "autograd/ops/add.h"

#include "autograd/ops/expand.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("add: values and derivatives", "[ops][add]") {
  constexpr auto f = [](In x) { return add(x[0], x[1]); };
  check_op("add", two_inputs(f),
           {
               {"int64", f},
               {"int64 and float64", f},
               {"int64 scalar and float64", f},

               {"same input twice", [](In x) { return x[0] + x[0]; }},
               {"constant", [](In x) { return x[0] + 2.5; }},
               {"constant first", [](In x) { return 2.5 + x[0]; }},
               {"bool and float64", f},
               {"int64 and fraction", [](In x) { return x[0] + 0.5; }},
               {"int64 and whole constant", [](In x) { return x[0] + 2; }},
           });
}

TEST_CASE("add: errors", "[ops][add]") {
  check_errors({
      {"add: shapes [2,3] and [2] do not broadcast (3 against 2)",
       [] {
         add(zeros({2, 3}), zeros({2}));
       }},
      {"add: shapes [4,1,3] and [2,5] do not broadcast (3 against 5)",
       [] {
         add(zeros({4, 1, 3}), zeros({2, 5}));
       }},

      {"add: bool is not supported; expected float32, float64 or int64 (convert with .to(DType))",
       [] { add(zeros({2}, DType::Bool), zeros({2}, DType::Bool)); }},
      {"add_: cannot add shape [3,2] into shape [2]",
       [] {
         Tensor a = zeros({2});
         add_(a, zeros({3, 2}));
       }},
      {"add: a tensor of shape [1099511627776,1099511627776] is too large to address",
       [] {
         const Tensor x = broadcast_to(zeros({1, 1}), {int64_t{1} << 40, 1});
         add(x, x.t());
       }},
      {"tensor: it is undefined (Tensor()), where one with numbers is needed",
       [] { add(zeros({2}), Tensor()); }},
  });
}
