#include "autograd/ops/clamp.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("clamp: values and derivatives", "[ops][clamp]") {
  constexpr auto to_one = [](In x) { return clamp(x[0], -1, 1); };
  check_op("clamp", one_input([](In x) { return clamp(x[0], -5, 5); }),
           {
               {"both sides", to_one},
               {"only above", [](In x) { return clamp_max(x[0], 0.5); }},
               {"only below", [](In x) { return clamp_min(x[0], 0.5); }},
               {"at the bounds", to_one, kNoQuotient},
               {"NaN", to_one},
               {"int64", [](In x) { return clamp(x[0], -2, 3); }},
               {"pixels", [](In x) { return clamp(x[0], 50, 200); }},
               {"int64 only below", [](In x) { return clamp_min(x[0], -2); }},
           });
}

TEST_CASE("clamp: bounds that int64 does not hold", "[ops][clamp]") {
  CHECK(clamp(tensor<int64_t>({3}), 1e300, 2e300).item() == 0x1.fffffffffffffp62);
  CHECK(clamp(tensor<int64_t>({3}), -2e300, -1e300).item() == -0x1p63);
}

TEST_CASE("clamp: errors", "[ops][clamp]") {
  check_errors({
      {"clamp: low 2 is above high 1", [] { clamp(zeros({2}), 2, 1); }},
      {"clamp: float16 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { clamp(zeros({2}, DType::Float16), 0, 1); }},
  });
}
