#include "autograd/ops/scatter.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("scatter: values and derivatives", "[ops][scatter]") {
  Tensor (*const dim0)(In) = [](In x) { return scatter(x[0], 0, x[1], x[2]); };
  Tensor (*const dim1)(In) = [](In x) { return scatter(x[0], 1, x[1], x[2]); };
  check_op("scatter", {
                          {"dim 0", dim0},
                          {"dim 1", dim1},
                          {"index smaller than src", dim1},
                          {"index smaller than input", dim1},
                          {"negative dim", [](In x) { return scatter(x[0], -1, x[1], x[2]); }},
                          {"nothing", dim1},
                          {"last of equals", dim0},
                          {"value", [](In x) { return scatter(x[0], 1, x[1], 0.5); }},
                          {"value into bool", [](In x) { return scatter(x[0], 1, x[1], 1); }},
                          {"int64", dim0},
                      });
}

TEST_CASE("scatter: threads change no bit", "[ops][scatter]") {
  check_threads({{"many writers of one place", {{5, 100}, {700, 100}}, [](In x) {
                    Generator generator(7);
                    return scatter(x[0], 0, randint(0, 4, {700, 100}, DType::Int64, generator), x[1]);
                  }}});
}

TEST_CASE("scatter: errors", "[ops][scatter]") {
  check_errors({
      {"scatter: index must be int64, got float32",
       [] {
         scatter(zeros({2, 3}), 0, zeros({2, 3}), 1);
       }},
      {"scatter: index 3 at position 1 is out of range for a dimension of size 3",
       [] {
         scatter(zeros({3}), 0, tensor<int64_t>({0, 3}), 1);
       }},
      {"scatter: index [2] is larger than src [1] along dimension 0",
       [] {
         scatter(zeros({3}), 0, tensor<int64_t>({0, 1}), zeros({1}));
       }},
      {"scatter: src is int64 but the input is float32",
       [] {
         scatter(zeros({3}), 0, tensor<int64_t>({0, 1}), tensor<int64_t>({1, 2}));
       }},
  });
}
