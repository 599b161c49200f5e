#include "autograd/ops/sort.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("sort: values and derivatives", "[ops][sort]") {
  check_op("sort",
           {
               {"rows", [](In x) { return sort(x[0]).values; }},
               {"columns", [](In x) { return sort(x[0], 0).values; }},
               {"middle", [](In x) { return sort(x[0], 1).values; }},
               {"negative dim", [](In x) { return sort(x[0], -2).values; }},
               {"descending", [](In x) { return sort(x[0], 1, true).values; }},
               {"indices", [](In x) { return sort(x[0], 0).indices; }},
               {"indices descending", [](In x) { return sort(x[0], 1, true).indices; }},
               {"ties", [](In x) { return sort(x[0]).values; }, kNoQuotient},
               {"ties descending", [](In x) { return sort(x[0], -1, true).values; }, kNoQuotient},
               {"indices of ties", [](In x) { return sort(x[0]).indices; }},
               {"indices of ties descending", [](In x) { return sort(x[0], -1, true).indices; }},
               {"odd numbers", [](In x) { return sort(x[0]).values; }},
               {"odd numbers descending", [](In x) { return sort(x[0], 0, true).values; }},
               {"indices of odd numbers", [](In x) { return sort(x[0]).indices; }},
               {"indices of odd numbers descending", [](In x) { return sort(x[0], 0, true).indices; }},
               {"long vector", [](In x) { return sort(x[0]).values; }},
               {"one element", [](In x) { return sort(x[0]).values; }},
               {"scalar", [](In x) { return sort(x[0]).values; }},
               {"index of scalar", [](In x) { return sort(x[0]).indices; }},
               {"no elements", [](In x) { return sort(x[0]).values; }},
               {"no rows", [](In x) { return sort(x[0]).values; }},
               {"int64", [](In x) { return sort(x[0], 0).values; }},
               {"int64 descending", [](In x) { return sort(x[0], 0, true).values; }},
               {"pixels", [](In x) { return sort(x[0], 1).values; }},
               {"bool", [](In x) { return sort(x[0], 1).indices; }},
               {"argsort", [](In x) { return argsort(x[0], 0); }},
               {"argsort descending", [](In x) { return argsort(x[0], -1, true); }},
           });
}

TEST_CASE("sort: halves sort as the floats they stand for", "[ops][sort]") {
  for (DType half : {DType::Float16, DType::BFloat16}) {
    const Tensor x = tensor<float>({0.5, -3, 2, -0.25}).to(half);
    CHECK(sort(x).values.to_vector<float>() == std::vector<float>{-3, -0.25, 0.5, 2});
  }
}

TEST_CASE("sort: threads change no bit", "[ops][sort]") {
  check_threads({{"rows", {{60, 500}}, [](In x) { return sort(x[0]).values; }},
                 {"columns", {{500, 60}}, [](In x) { return sort(x[0], 0, true).values; }}});
}

TEST_CASE("sort: errors", "[ops][sort]") {
  check_errors({
      {"sort: dimension 2 is out of range for a tensor of 2 dimensions (expected -2 to 1)",
       [] {
         sort(zeros({2, 3}), 2);
       }},
      {"sort: dimension -2 is out of range for a tensor of 1 dimensions (expected -1 to 0)",
       [] { argsort(zeros({2}), -2); }},
  });
}
