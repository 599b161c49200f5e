#include "autograd/ops/logsumexp.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("logsumexp: values and derivatives", "[ops][logsumexp]") {
  constexpr auto rows = [](In x) { return logsumexp(x[0], {1}); };
  check_op("logsumexp", over_dims<logsumexp>(),
           {
               {"over no elements", [](In x) { return logsumexp(x[0], {0}); }},
               {"all of no elements", [](In x) { return logsumexp(x[0], {}); }},
               {"scalar", [](In x) { return logsumexp(x[0], {}); }},
               {"far from zero", rows},
               {"shifted by 1e4", rows},
               {"equal", rows},
               {"infinities", rows},
               {"NaN", rows},
               {"gradient beside minus infinity", rows, kNoQuotient},
               {"gradient of nothing but minus infinity", rows},
               {"int64", rows},
           });
}

TEST_CASE("logsumexp: threads change no bit", "[ops][logsumexp]") {
  check_threads({{"rows", {{300, 101}}, [](In x) { return logsumexp(x[0], {1}); }},
                 {"columns", {{101, 300}}, [](In x) { return logsumexp(x[0], {0}); }}});
}

TEST_CASE("logsumexp: errors", "[ops][logsumexp]") {
  check_errors({
      {"logsumexp: dimension 2 is out of range for a tensor of 2 dimensions (expected -2 to 1)",
       [] {
         logsumexp(zeros({2, 3}), {2});
       }},
      {"logsumexp: dimension 1 is named twice in [1,1]",
       [] {
         logsumexp(zeros({2, 3}), {1, 1});
       }},
      {"logsumexp: float16 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { logsumexp(zeros({2}, DType::Float16), {0}); }},
  });
}
