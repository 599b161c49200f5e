#include "autograd/ops/hardtanh.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("hardtanh: values and derivatives", "[ops][hardtanh]") {
  constexpr auto f = [](In x) { return hardtanh(x[0]); };
  check_op("hardtanh", one_input(f),
           {
               {"pieces", f},
               {"kinks", f, kNoQuotient},
               {"bounds", [](In x) { return hardtanh(x[0], -2.5, 0.25); }},
               {"infinities", f},
               {"int64", f},
           });
}

TEST_CASE("hardtanh: errors", "[ops][hardtanh]") {
  check_errors({
      {"hardtanh: float16 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { hardtanh(zeros({2}, DType::Float16)); }},
      {"hardtanh: min_val 2 is above max_val 1", [] { hardtanh(zeros({2}), 2, 1); }},
  });
}
