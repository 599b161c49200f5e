#include "autograd/ops/clone.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("clone: values and derivatives", "[ops][clone]") {
  check_op("clone", {
                        {"matrix", [](In x) { return clone(x[0]); }},
                        {"scalar", [](In x) { return clone(x[0]); }},
                        {"no elements", [](In x) { return clone(x[0]); }},
                        {"transposed", [](In x) { return x[0].t().clone(); }},
                        {"contiguous", [](In x) { return contiguous(x[0].t()); }},
                        {"pixels", [](In x) { return clone(x[0]); }},
                    });
}

TEST_CASE("clone: has numbers of its own, contiguous() only where it must", "[ops][clone]") {
  const Tensor x = arange(6).reshape({2, 3});
  CHECK_FALSE(clone(x).shares_storage(x));
  CHECK(contiguous(x).shares_storage(x));
  CHECK_FALSE(contiguous(x.t()).shares_storage(x));
  CHECK(contiguous(x.t()).to_vector<int64_t>() == std::vector<int64_t>{0, 3, 1, 4, 2, 5});
}
