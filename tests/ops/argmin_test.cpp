#include "autograd/ops/argmin.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("argmin: values", "[ops][argmin]") {
  check_op("argmin", {
                         {"all", [](In x) { return argmin(x[0]); }},
                         {"all keepdim", [](In x) { return argmin(x[0], {}, true); }},
                         {"dim 0", [](In x) { return argmin(x[0], 0); }},
                         {"dim 1", [](In x) { return argmin(x[0], 1); }},
                         {"dim -1 keepdim", [](In x) { return argmin(x[0], -1, true); }},
                         {"middle", [](In x) { return argmin(x[0], 1); }},
                         {"vector", [](In x) { return argmin(x[0], 0); }},
                         {"scalar", [](In x) { return argmin(x[0]); }},
                         {"no rows", [](In x) { return argmin(x[0], 1); }},
                         {"ties", [](In x) { return argmin(x[0], 1); }},
                         {"NaN", [](In x) { return argmin(x[0], 0); }},
                         {"int64", [](In x) { return argmin(x[0], 1); }},
                     });
}

TEST_CASE("argmin: errors", "[ops][argmin]") {
  check_errors({
      {"argmin: there is no smallest of no elements (input [3,0])",
       [] {
         argmin(zeros({3, 0}), 1);
       }},
      {"argmin: there is no smallest of no elements (input [0])", [] { argmin(zeros({0})); }},
      {"argmin: dimension -3 is out of range for a tensor of 2 dimensions (expected -2 to 1)",
       [] {
         argmin(zeros({2, 2}), -3);
       }},
      {"argmin: uint8 is not supported; expected float32, float64 or int64 (convert with .to(DType))",
       [] { argmin(zeros({2}, DType::UInt8)); }},
  });
}
