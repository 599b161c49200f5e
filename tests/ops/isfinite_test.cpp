#include "autograd/ops/isfinite.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("isfinite: values", "[ops][isfinite]") {
  check_op("isfinite", {
                           {"isnan vector", [](In x) { return isnan(x[0]); }},
                           {"isnan matrix", [](In x) { return isnan(x[0]); }},
                           {"isnan int64", [](In x) { return isnan(x[0]); }},
                           {"isnan pixels", [](In x) { return isnan(x[0]); }},
                           {"isnan bool", [](In x) { return isnan(x[0]); }},
                           {"isnan float16", [](In x) { return isnan(x[0].to(DType::Float16)); }},
                           {"isnan no elements", [](In x) { return isnan(x[0]); }},
                           {"isinf vector", [](In x) { return isinf(x[0]); }},
                           {"isinf matrix", [](In x) { return isinf(x[0]); }},
                           {"isinf int64", [](In x) { return isinf(x[0]); }},
                           {"isinf pixels", [](In x) { return isinf(x[0]); }},
                           {"isinf bool", [](In x) { return isinf(x[0]); }},
                           {"isinf float16", [](In x) { return isinf(x[0].to(DType::Float16)); }},
                           {"isinf no elements", [](In x) { return isinf(x[0]); }},
                           {"isfinite vector", [](In x) { return isfinite(x[0]); }},
                           {"isfinite matrix", [](In x) { return isfinite(x[0]); }},
                           {"isfinite int64", [](In x) { return isfinite(x[0]); }},
                           {"isfinite pixels", [](In x) { return isfinite(x[0]); }},
                           {"isfinite bool", [](In x) { return isfinite(x[0]); }},
                           {"isfinite float16", [](In x) { return isfinite(x[0].to(DType::Float16)); }},
                           {"isfinite no elements", [](In x) { return isfinite(x[0]); }},
                       });
}

TEST_CASE("isfinite: nothing is recorded", "[ops][isfinite]") {
  const Tensor x = Tensor(ones({2})).requires_grad_();
  CHECK_FALSE(isnan(x).requires_grad());
}
