#include "autograd/ops/nonzero.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("nonzero: values and derivatives", "[ops][nonzero]") {
  check_op("nonzero", {
                          {"mask", [](In x) { return nonzero(x[0]); }},
                          {"three dimensions", [](In x) { return nonzero(x[0]); }},
                          {"real", [](In x) { return nonzero(x[0]); }},
                          {"pixels", [](In x) { return nonzero(x[0]); }},
                          {"vector", [](In x) { return nonzero(x[0]); }},
                          {"scalar", [](In x) { return nonzero(x[0]); }},
                          {"zero scalar", [](In x) { return nonzero(x[0]); }},
                          {"none", [](In x) { return nonzero(x[0]); }},
                          {"no elements", [](In x) { return nonzero(x[0]); }},
                      });
}

TEST_CASE("nonzero: elements in several chunks are found in order", "[ops][nonzero]") {
  const Tensor x = zeros({3, 20000});
  for (int64_t column : {0, 1, 16383, 16384, 19999}) {
    x.at<float>({column % 3, column}) = -1;
  }
  const auto found = nonzero(x).to_vector<int64_t>();
  CHECK(found == std::vector<int64_t>{0, 0, 0, 16383, 1, 1, 1, 16384, 1, 19999});
  CHECK(flat_nonzero(x).to_vector<int64_t>() == std::vector<int64_t>{0, 16383, 20001, 36384, 39999});
}
