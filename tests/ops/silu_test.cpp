#include "autograd/ops/silu.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("silu: values and derivatives", "[ops][silu]") {
  constexpr auto f = [](In x) { return silu(x[0]); };
  check_op("silu", one_input(f),
           {
               {"far from zero", f},
               {"zero", f},
               {"infinities", f},
           });
}

TEST_CASE("silu: threads change no bit", "[ops][silu]") {
  check_threads({{"several chunks and a tail", {{3, 16385}}, [](In x) { return silu(x[0]); }}});
}

TEST_CASE("silu: errors", "[ops][silu]") {
  check_errors({
      {"silu: float16 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { silu(zeros({2}, DType::Float16)); }},
  });
}
