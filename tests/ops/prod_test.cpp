#include "autograd/ops/prod.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("prod: values and derivatives", "[ops][prod]") {
  constexpr auto all = [](In x) { return prod(x[0]); };
  constexpr auto rows = [](In x) { return prod(x[0], 1); };
  check_op("prod", {
                       {"all", all},
                       {"scalar", all},
                       {"one element", all},
                       {"vector", all},
                       {"matrix", all},
                       {"dim 0", [](In x) { return prod(x[0], 0); }},
                       {"dim 1", rows},
                       {"dim -1", [](In x) { return prod(x[0], -1); }},
                       {"middle", rows},
                       {"middle keepdim", [](In x) { return prod(x[0], 1, true); }},
                       {"scalar dim 0", [](In x) { return prod(x[0], 0); }},
                       {"long columns", [](In x) { return prod(x[0], 0); }},
                       {"zeros", rows},
                       {"all with a zero", all},
                       {"all with two zeros", all},
                       {"zeros in columns", [](In x) { return prod(x[0], 0); }},
                       {"NaN and infinity", rows},
                       {"no elements", all},
                       {"no rows", [](In x) { return prod(x[0], 0); }},
                       {"no columns", [](In x) { return prod(x[0], 0); }},
                       {"int64", rows},
                       {"pixels", rows},
                       {"bool", rows},
                       {"int64 beyond 2^53", all},
                   });
}

TEST_CASE("prod: the product is taken in double", "[ops][prod]") {
  CHECK(prod(tensor<float>({1e30f, 1e30f, 1e-30f, 1e-30f})).item() == Approx(1));
}

TEST_CASE("prod: threads change no bit", "[ops][prod]") {
  check_threads({{"rows", {{3000, 11}}, [](In x) { return prod(x[0], 1); }},
                 {"columns", {{11, 3000}}, [](In x) { return prod(x[0], 0); }}});
}

TEST_CASE("prod: errors", "[ops][prod]") {
  check_errors({
      {"prod: dimension 2 is out of range for a tensor of 2 dimensions (expected -2 to 1)",
       [] {
         prod(zeros({2, 3}), 2);
       }},
      {"prod: float16 is not supported; expected float32, float64 or int64 (convert with .to(DType))",
       [] { prod(zeros({2}, DType::Float16)); }},
  });
}
