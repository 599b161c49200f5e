#include "autograd/ops/unique.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("unique: values and derivatives", "[ops][unique]") {
  check_op("unique",
           {
               {"values", [](In x) { return unique(x[0]).values; }},
               {"inverse", [](In x) { return unique(x[0], true, true).inverse; }},
               {"counts", [](In x) { return unique(x[0], true, false, true).counts; }},
               {"real", [](In x) { return unique(x[0]).values; }},
               {"inverse of odd numbers", [](In x) { return unique(x[0], true, true).inverse; }},
               {"odd numbers", [](In x) { return unique(x[0]).values; }},
               {"counts of odd numbers", [](In x) { return unique(x[0], true, false, true).counts; }},
               {"all different", [](In x) { return unique(x[0]).values; }},
               {"scalar", [](In x) { return unique(x[0]).values; }},
               {"inverse of scalar", [](In x) { return unique(x[0], true, true).inverse; }},
               {"no elements", [](In x) { return unique(x[0]).values; }},
               {"inverse of no elements", [](In x) { return unique(x[0], true, true).inverse; }},
               {"counts of no elements", [](In x) { return unique(x[0], true, false, true).counts; }},
               {"bool", [](In x) { return unique(x[0]).values; }},
               {"pixels", [](In x) { return unique(x[0], true, false, true).counts; }},
           });
}

TEST_CASE("unique: gives what is asked for", "[ops][unique]") {
  const Tensor x = tensor<float>({2, 1, 2});
  CHECK_FALSE(unique(x).inverse.defined());
  CHECK_FALSE(unique(x).counts.defined());
  const UniqueResult all = unique(x, false, true, true);
  CHECK(all.values.to_vector<float>() == std::vector<float>{1, 2});
  CHECK(all.inverse.to_vector<int64_t>() == std::vector<int64_t>{1, 0, 1});
  CHECK(all.counts.to_vector<int64_t>() == std::vector<int64_t>{1, 2});
}
