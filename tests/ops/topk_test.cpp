#include "autograd/ops/topk.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("topk: values and derivatives", "[ops][topk]") {
  check_op("topk", {
                       {"rows", [](In x) { return topk(x[0], 2).values; }},
                       {"columns", [](In x) { return topk(x[0], 3, 0).values; }},
                       {"middle", [](In x) { return topk(x[0], 2, 1).values; }},
                       {"negative dim", [](In x) { return topk(x[0], 1, -2).values; }},
                       {"smallest", [](In x) { return topk(x[0], 2, 1, false).values; }},
                       {"all", [](In x) { return topk(x[0], 5).values; }},
                       {"none", [](In x) { return topk(x[0], 0).values; }},
                       {"indices", [](In x) { return topk(x[0], 2).indices; }},
                       {"indices of smallest", [](In x) { return topk(x[0], 3, 0, false).indices; }},
                       {"not sorted", [](In x) { return topk(x[0], 3, 1, true, false).values; }},
                       {"indices not sorted", [](In x) { return topk(x[0], 3, 1, true, false).indices; }},
                       {"ties", [](In x) { return topk(x[0], 3).values; }},
                       {"odd numbers", [](In x) { return topk(x[0], 4).values; }},
                       {"smallest of odd numbers", [](In x) { return topk(x[0], 4, 0, false).values; }},
                       {"long vector", [](In x) { return topk(x[0], 7).values; }},
                       {"scalar", [](In x) { return topk(x[0], 1).values; }},
                       {"no rows", [](In x) { return topk(x[0], 2).values; }},
                       {"int64", [](In x) { return topk(x[0], 3, 0).values; }},
                       {"pixels", [](In x) { return topk(x[0], 3, 1).values; }},
                   });
}

TEST_CASE("topk: of equal elements the first ones are taken", "[ops][topk]") {
  const Tensor x = tensor<float>({1, 3, 2, 3, 1, 3, 2});
  CHECK(topk(x, 4).indices.to_vector<int64_t>() == std::vector<int64_t>{1, 3, 5, 2});
  CHECK(topk(x, 3, 0, false).indices.to_vector<int64_t>() == std::vector<int64_t>{0, 4, 2});
  CHECK(topk(x, 4, 0, true, false).indices.to_vector<int64_t>() == std::vector<int64_t>{1, 2, 3, 5});
  CHECK(topk(scalar(3), 0).values.shape() == Shape{0});
}

TEST_CASE("topk: threads change no bit", "[ops][topk]") {
  check_threads({{"rows", {{60, 500}}, [](In x) { return topk(x[0], 9).values; }}});
}

TEST_CASE("topk: errors", "[ops][topk]") {
  check_errors({
      {"topk: k must be between 0 and the size 3 of dimension 1, got 4 (input [2,3])",
       [] {
         topk(zeros({2, 3}), 4);
       }},
      {"topk: k must be between 0 and the size 2 of dimension 0, got -1 (input [2,3])",
       [] {
         topk(zeros({2, 3}), -1, 0);
       }},
      {"topk: dimension 2 is out of range for a tensor of 2 dimensions (expected -2 to 1)",
       [] {
         topk(zeros({2, 3}), 1, 2);
       }},
  });
}
