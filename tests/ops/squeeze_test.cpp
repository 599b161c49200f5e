#include "autograd/ops/squeeze.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("squeeze: values and derivatives", "[ops][squeeze]") {
  check_op("squeeze", {
                          {"all", [](In x) { return squeeze(x[0]); }},
                          {"dim 0", [](In x) { return squeeze(x[0], 0); }},
                          {"dim -1", [](In x) { return squeeze(x[0], -1); }},
                          {"not one", [](In x) { return squeeze(x[0], 1); }},
                          {"to scalar", [](In x) { return squeeze(x[0]); }},
                          {"no elements", [](In x) { return squeeze(x[0]); }},
                          {"unsqueeze 0", [](In x) { return unsqueeze(x[0], 0); }},
                          {"unsqueeze 1", [](In x) { return unsqueeze(x[0], 1); }},
                          {"unsqueeze -1", [](In x) { return unsqueeze(x[0], -1); }},
                          {"unsqueeze scalar", [](In x) { return unsqueeze(x[0], 0); }},
                      });
}

TEST_CASE("squeeze: errors", "[ops][squeeze]") {
  check_errors({
      {"squeeze: dimension 2 is out of range for a tensor of 2 dimensions (expected -2 to 1)",
       [] {
         squeeze(zeros({1, 2}), 2);
       }},
      {"unsqueeze: dimension 3 is out of range for a tensor of 3 dimensions (expected -3 to 2)",
       [] {
         unsqueeze(zeros({1, 2}), 3);
       }},
      {"shape: more than 8 dimensions are not supported",
       [] {
         unsqueeze(zeros({1, 1, 1, 1, 1, 1, 1, 1}), 0);
       }},
  });
}
