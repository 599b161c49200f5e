#include "autograd/ops/unbind.h"

#include "autograd/ops/mul.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("unbind: values and derivatives", "[ops][unbind]") {
  check_op("unbind", {
                         {"rows", [](In x) { return unbind(x[0])[1]; }},
                         {"columns", [](In x) { return unbind(x[0], 1)[2]; }},
                         {"negative dim", [](In x) { return unbind(x[0], -1)[0] * unbind(x[0], -1)[1]; }},
                         {"elements", [](In x) { return unbind(x[0])[3]; }},
                     });
}

TEST_CASE("unbind: views, as many as there are slices", "[ops][unbind]") {
  const Tensor x = zeros({3, 2});
  CHECK(unbind(x).size() == 3);
  CHECK(unbind(x, 1).size() == 2);
  CHECK(unbind(x, 1)[0].shares_storage(x));
  CHECK(unbind(zeros({0, 2})).empty());
}

TEST_CASE("unbind: errors", "[ops][unbind]") {
  check_errors({
      {"unbind: a scalar cannot be divided", [] { unbind(scalar(1)); }},
      {"unbind: dimension 1 is out of range for a tensor of 1 dimensions (expected -1 to 0)",
       [] { unbind(zeros({3}), 1); }},
  });
}
