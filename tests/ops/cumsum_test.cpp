#include "autograd/ops/cumsum.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("cumsum: values and derivatives", "[ops][cumsum]") {
  constexpr auto first = [](In x) { return cumsum(x[0], 0); };
  constexpr auto rows = [](In x) { return cumsum(x[0], 1); };
  check_op("cumsum", {
                         {"vector", first},
                         {"long vector", first},
                         {"rows", rows},
                         {"columns", first},
                         {"last of three", [](In x) { return cumsum(x[0], -1); }},
                         {"middle of three", rows},
                         {"many columns", first},
                         {"one element", first},
                         {"scalar", first},
                         {"size one", rows},
                         {"no elements", first},
                         {"no rows", rows},
                         {"NaN", first},
                         {"int64", rows},
                         {"pixels", rows},
                         {"bool", rows},
                         {"int64 beyond 2^53", first},
                     });
}

TEST_CASE("cumsum: threads change no bit", "[ops][cumsum]") {
  check_threads({{"rows", {{300, 101}}, [](In x) { return cumsum(x[0], 1); }},
                 {"columns", {{101, 300}}, [](In x) { return cumsum(x[0], 0); }}});
}

TEST_CASE("cumsum: errors", "[ops][cumsum]") {
  check_errors({
      {"cumsum: dimension 2 is out of range for a tensor of 2 dimensions (expected -2 to 1)",
       [] {
         cumsum(zeros({2, 3}), 2);
       }},
      {"cumsum: float16 is not supported; expected float32, float64 or int64 (convert with .to(DType))",
       [] { cumsum(zeros({2}, DType::Float16), 0); }},
  });
}
