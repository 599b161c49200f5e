#include "autograd/ops/masked_select.h"

#include "autograd/ops/compare.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("masked_select: values and derivatives", "[ops][masked_select]") {
  check_op("masked_select", {
                                {"matrix", [](In x) { return masked_select(x[0], x[1]); }},
                                {"mask of rows", [](In x) { return masked_select(x[0], x[1]); }},
                                {"input broadcast", [](In x) { return masked_select(x[0], x[1]); }},
                                {"both broadcast", [](In x) { return masked_select(x[0], x[1]); }},
                                {"scalars", [](In x) { return masked_select(x[0], x[1]); }},
                                {"nothing", [](In x) { return masked_select(x[0], x[1]); }},
                                {"no elements", [](In x) { return masked_select(x[0], x[1]); }},
                                {"int64", [](In x) { return masked_select(x[0], x[1]); }},
                            });
}

TEST_CASE("masked_select: threads change no bit", "[ops][masked_select]") {
  check_threads({{"positive elements", {{300, 200}}, [](In x) { return masked_select(x[0], gt(x[0], 0)); }}});
}

TEST_CASE("masked_select: errors", "[ops][masked_select]") {
  check_errors({
      {"masked_select: the mask must be bool, got uint8",
       [] { masked_select(zeros({2}), zeros({2}, DType::UInt8)); }},
      {"masked_select: shapes [2,3] and [2] do not broadcast (3 against 2)",
       [] {
         masked_select(zeros({2, 3}), zeros({2}, DType::Bool));
       }},
  });
}
