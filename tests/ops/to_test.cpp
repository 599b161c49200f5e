#include "autograd/ops/to.h"

#include "autograd/ops/mul.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("to: values and derivatives", "[ops][to]") {
  check_op("to", {
                     {"float64 to float32", [](In x) { return x[0].to(DType::Float32); }},
                     {"float64 to float64", [](In x) { return to(x[0], DType::Float64) * 2; }, kNoFloat32},
                     {"there and back", [](In x) { return to(to(x[0], DType::Float32), DType::Float64); },
                      kNoQuotient | kNoFloat32},
                     {"float64 to float16", [](In x) { return to(x[0], DType::Float16); }},
                     {"float64 to bfloat16", [](In x) { return to(x[0], DType::BFloat16); }},
                     {"through float16", [](In x) { return to(to(x[0], DType::Float16), DType::Float64); },
                      kNoQuotient | kNoFloat32},
                     {"float64 to int64", [](In x) { return to(x[0], DType::Int64); }},
                     {"float64 to bool", [](In x) { return to(x[0], DType::Bool); }},
                     {"int64 to float64", [](In x) { return to(x[0], DType::Float64); }, kNoFloat32},
                     {"int64 to uint8", [](In x) { return to(x[0], DType::UInt8); }},
                     {"pixels to float32", [](In x) { return to(x[0], DType::Float32); }},
                     {"bool to int64", [](In x) { return to(x[0], DType::Int64); }},
                     {"no elements", [](In x) { return to(x[0], DType::Float32); }},
                 });
}

TEST_CASE("to: the same tensor when it has the type already", "[ops][to]") {
  const Tensor x = zeros({2});
  CHECK(x.to(DType::Float32).impl() == x.impl());
}
