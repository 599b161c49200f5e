#include "autograd/ops/argmax.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("argmax: values", "[ops][argmax]") {
  check_op("argmax", {
                         {"all", [](In x) { return argmax(x[0]); }},
                         {"all keepdim", [](In x) { return argmax(x[0], {}, true); }},
                         {"dim 0", [](In x) { return argmax(x[0], 0); }},
                         {"dim 1", [](In x) { return argmax(x[0], 1); }},
                         {"dim -1 keepdim", [](In x) { return argmax(x[0], -1, true); }},
                         {"middle", [](In x) { return argmax(x[0], 1); }},
                         {"vector", [](In x) { return argmax(x[0], 0); }},
                         {"scalar", [](In x) { return argmax(x[0]); }},
                         {"no rows", [](In x) { return argmax(x[0], 1); }},
                         {"ties", [](In x) { return argmax(x[0], 1); }},
                         {"NaN", [](In x) { return argmax(x[0], 0); }},
                         {"int64", [](In x) { return argmax(x[0], 1); }},
                     });
}

TEST_CASE("argmax: errors", "[ops][argmax]") {
  check_errors({
      {"argmax: there is no largest of no elements (input [3,0])",
       [] {
         argmax(zeros({3, 0}), 1);
       }},
      {"argmax: there is no largest of no elements (input [0])", [] { argmax(zeros({0})); }},
      {"argmax: dimension -3 is out of range for a tensor of 2 dimensions (expected -2 to 1)",
       [] {
         argmax(zeros({2, 2}), -3);
       }},
      {"argmax: uint8 is not supported; expected float32, float64 or int64 (convert with .to(DType))",
       [] { argmax(zeros({2}, DType::UInt8)); }},
  });
}
