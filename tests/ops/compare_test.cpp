#include "autograd/ops/compare.h"

#include <cmath>

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("compare: values", "[ops][compare]") {
  check_op("compare", {
                          {"eq matrices", [](In x) { return eq(x[0], x[1]); }},
                          {"eq broadcast", [](In x) { return eq(x[0], x[1]); }},
                          {"eq constant", [](In x) { return eq(x[0], 2); }},
                          {"ne matrices", [](In x) { return ne(x[0], x[1]); }},
                          {"ne broadcast", [](In x) { return ne(x[0], x[1]); }},
                          {"ne constant", [](In x) { return ne(x[0], 2); }},
                          {"lt matrices", [](In x) { return lt(x[0], x[1]); }},
                          {"lt broadcast", [](In x) { return lt(x[0], x[1]); }},
                          {"lt constant", [](In x) { return lt(x[0], 2); }},
                          {"le matrices", [](In x) { return le(x[0], x[1]); }},
                          {"le broadcast", [](In x) { return le(x[0], x[1]); }},
                          {"le constant", [](In x) { return le(x[0], 2); }},
                          {"gt matrices", [](In x) { return gt(x[0], x[1]); }},
                          {"gt broadcast", [](In x) { return gt(x[0], x[1]); }},
                          {"gt constant", [](In x) { return gt(x[0], 2); }},
                          {"ge matrices", [](In x) { return ge(x[0], x[1]); }},
                          {"ge broadcast", [](In x) { return ge(x[0], x[1]); }},
                          {"ge constant", [](In x) { return ge(x[0], 2); }},
                          {"lt int64 and fraction", [](In x) { return lt(x[0], 1.5); }},
                          {"lt int64 and infinity", [](In x) { return lt(x[0], INFINITY); }},
                          {"eq int64 and more than it holds", [](In x) { return eq(x[0], 1e30); }},
                          {"eq bool and int64 scalar", [](In x) { return eq(x[0], x[1]); }},
                          {"eq bool and a number", [](In x) { return eq(x[0], 5); }},
                          {"eq pixels", [](In x) { return eq(x[0], x[1]); }},
                          {"ge bool", [](In x) { return ge(x[0], x[1]); }},
                          {"gt mixed types", [](In x) { return gt(x[0], x[1]); }},
                          {"ne no elements", [](In x) { return ne(x[0], x[1]); }},
                      });
}

TEST_CASE("compare: nothing is recorded", "[ops][compare]") {
  const Tensor x = Tensor(ones({2})).requires_grad_();
  CHECK_FALSE(gt(x, 0).requires_grad());
}

TEST_CASE("compare: errors", "[ops][compare]") {
  check_errors({
      {"eq: shapes [2] and [3] do not broadcast (2 against 3)", [] { eq(zeros({2}), zeros({3})); }},
      {"ne: shapes [2] and [3] do not broadcast (2 against 3)", [] { ne(zeros({2}), zeros({3})); }},
      {"lt: shapes [2] and [3] do not broadcast (2 against 3)", [] { lt(zeros({2}), zeros({3})); }},
      {"le: shapes [2] and [3] do not broadcast (2 against 3)", [] { le(zeros({2}), zeros({3})); }},
      {"gt: shapes [2] and [3] do not broadcast (2 against 3)", [] { gt(zeros({2}), zeros({3})); }},
      {"ge: shapes [2] and [3] do not broadcast (2 against 3)", [] { ge(zeros({2}), zeros({3})); }},
      {"lt: float16 is not supported; expected float32, float64 or int64 (convert with .to(DType))",
       [] { lt(zeros({2}, DType::Float16), zeros({2}, DType::Float16)); }},
  });
}
