#include "autograd/ops/chunk.h"

#include "autograd/ops/cat.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("chunk: values and derivatives", "[ops][chunk]") {
  check_op("chunk", {
                        {"first", [](In x) { return chunk(x[0], 3)[0]; }},
                        {"shorter last", [](In x) { return chunk(x[0], 3, 1)[2]; }},
                        {"fewer than asked for",
                         [](In x) {
                           return cat({chunk(x[0], 4)[2], chunk(x[0], 4)[1], chunk(x[0], 4)[0]});
                         }},
                        {"negative dim", [](In x) { return chunk(x[0], 2, -1)[1]; }},
                        {"one", [](In x) { return chunk(x[0], 1)[0]; }},
                        {"no elements", [](In x) { return chunk(x[0], 3)[2]; }},
                    });
}

TEST_CASE("chunk: how many parts there are", "[ops][chunk]") {
  CHECK(chunk(zeros({5}), 4).size() == 3);
  CHECK(chunk(zeros({2}), 4).size() == 2);
  CHECK(chunk(zeros({0}), 4).size() == 4);
  const Tensor x = zeros({4});
  CHECK(chunk(x, 2)[1].shares_storage(x));
}

TEST_CASE("chunk: more parts than can be counted are as many as there are elements", "[ops][chunk]") {
  CHECK(chunk(zeros({2}), INT64_MAX).size() == 2);
}

TEST_CASE("chunk: errors", "[ops][chunk]") {
  check_errors({
      {"chunk: expected at least one chunk, got 0", [] { chunk(zeros({3}), 0); }},
      {"chunk: a scalar cannot be divided", [] { chunk(scalar(1), 2); }},
      {"chunk: dimension 1 is out of range for a tensor of 1 dimensions (expected -1 to 0)",
       [] { chunk(zeros({3}), 2, 1); }},
  });
}
