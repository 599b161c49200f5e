#include "autograd/ops/repeat.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("repeat: values and derivatives", "[ops][repeat]") {
  check_op("repeat", {
                         {"rows",
                          [](In x) {
                            return repeat(x[0], {2, 1});
                          }},
                         {"columns",
                          [](In x) {
                            return repeat(x[0], {1, 3});
                          }},
                         {"both",
                          [](In x) {
                            return repeat(x[0], {3, 5});
                          }},
                         {"new dimensions",
                          [](In x) {
                            return repeat(x[0], {2, 2, 3});
                          }},
                         {"scalar",
                          [](In x) {
                            return repeat(x[0], {2, 3});
                          }},
                         {"once",
                          [](In x) {
                            return repeat(x[0], {1, 1});
                          }},
                         {"no dimensions", [](In x) { return repeat(x[0], {}); }},
                         {"seven times", [](In x) { return repeat(x[0], {7}); }},
                         {"zero times",
                          [](In x) {
                            return repeat(x[0], {2, 0});
                          }},
                         {"no elements",
                          [](In x) {
                            return repeat(x[0], {2, 3});
                          }},
                         {"bool", [](In x) { return repeat(x[0], {2}); }},
                         {"pixels",
                          [](In x) {
                            return repeat(x[0], {1, 2});
                          }},
                     });
}

TEST_CASE("repeat_interleave: values and derivatives", "[ops][repeat]") {
  check_op("repeat_interleave",
           {
               {"rows", [](In x) { return repeat_interleave(x[0], 2, 0); }},
               {"columns", [](In x) { return repeat_interleave(x[0], 3, 1); }},
               {"negative dim", [](In x) { return repeat_interleave(x[0], 2, -2); }},
               {"flattened", [](In x) { return repeat_interleave(x[0], 2); }},
               {"scalar", [](In x) { return repeat_interleave(x[0], 3); }},
               {"zero times", [](In x) { return repeat_interleave(x[0], 0, 1); }},
               {"no elements", [](In x) { return repeat_interleave(x[0], 2, 0); }},
               {"int64", [](In x) { return repeat_interleave(x[0], 2, 0); }},
               {"a number each", [](In x) { return repeat_interleave(x[0], x[1], 1); }},
               {"a number each, flattened", [](In x) { return repeat_interleave(x[0], x[1]); }},
           });
}

TEST_CASE("repeat: eight dimensions", "[ops][repeat]") {
  const Tensor x = arange(4).reshape({1, 1, 1, 2, 1, 1, 1, 2});
  const Tensor y = repeat(x, {1, 2, 1, 1, 1, 1, 1, 2});
  CHECK(y.to_vector<int64_t>() == std::vector<int64_t>{0, 1, 0, 1, 2, 3, 2, 3, 0, 1, 0, 1, 2, 3, 2, 3});
}

TEST_CASE("repeat: threads change no bit", "[ops][repeat]") {
  check_threads({{"tiles",
                  {{30, 40}},
                  [](In x) {
                    return repeat(x[0], {9, 7});
                  }},
                 {"in a row", {{30, 40}}, [](In x) { return repeat_interleave(x[0], 50, 1); }}});
}

TEST_CASE("repeat: errors", "[ops][repeat]") {
  check_errors({
      {"repeat: [2] has fewer numbers than the input [2,3] has dimensions",
       [] {
         repeat(zeros({2, 3}), {2});
       }},
      {"repeat: numbers must not be negative, got [-1,2]",
       [] {
         repeat(zeros({2, 3}), {-1, 2});
       }},
      {"repeat_interleave: repeats must not be negative, got -2",
       [] { repeat_interleave(zeros({3}), -2, 0); }},
      {"repeat_interleave: repeats must not be negative, got -1 at position 1",
       [] {
         repeat_interleave(zeros({2}), tensor<int64_t>({1, -1}), 0);
       }},
      {"repeat_interleave: repeats must be int64 [3] for dimension 1 of the input [2,3], got int64 [2]",
       [] {
         repeat_interleave(zeros({2, 3}), tensor<int64_t>({1, 1}), 1);
       }},
      {"repeat_interleave: dimension 1 is out of range for a tensor of 1 dimensions (expected -1 to 0)",
       [] { repeat_interleave(zeros({3}), 2, 1); }},
      {"repeat: a tensor of shape [2], repeated [9223372036854775807] times, is too large to address",
       [] { repeat(zeros({2}), {INT64_MAX}); }},
      {"repeat_interleave: a tensor of shape [1,2,9223372036854775807,1] is too large to address",
       [] { repeat_interleave(zeros({2}), INT64_MAX, 0); }},
      {"repeat_interleave: the result is too large to address, with 576460752303423488 repeats at position 1",
       [] {
         repeat_interleave(zeros({2}), tensor<int64_t>({1, int64_t{1} << 59}), 0);
       }},
  });
}
