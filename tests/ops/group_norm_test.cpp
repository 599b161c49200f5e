#include "autograd/ops/group_norm.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("group_norm: values and derivatives", "[ops][group_norm]") {
  constexpr auto one = [](In x) { return group_norm(x[0], 1, x[1], x[2]); };
  constexpr auto two = [](In x) { return group_norm(x[0], 2, x[1], x[2]); };
  constexpr auto three = [](In x) { return group_norm(x[0], 3, x[1], x[2]); };
  check_op("group_norm",
           {
               {"two groups", two},
               {"three dimensions", three},
               {"five dimensions", two},
               {"no pixels' dimensions", two},
               {"one group", one},
               {"a group for each channel", three},
               // Each number is its own mean: nothing is left of dy but rounding, times 1 / sqrt(eps).
               {"a number for each group", three, kNoFloat32},
               {"one picture", two},
               {"one channel", one},
               {"not square", two},
               {"all lanes and a tail", two},
               {"long groups", one},
               {"not affine", two},
               {"only weight", two},
               {"only bias", two},
               {"large epsilon", [](In x) { return group_norm(x[0], 2, x[1], x[2], 0.5); }},
               {"empty batch", two},
           });
}

TEST_CASE("group_norm: threads change no bit", "[ops][group_norm]") {
  check_threads({
      {"small planes", {{8, 64, 7, 7}, {64}, {64}}, [](In x) { return group_norm(x[0], 8, x[1], x[2]); }},
      {"large planes", {{2, 4, 90, 90}, {4}, {4}}, [](In x) { return group_norm(x[0], 2, x[1], x[2]); }},
  });
}

TEST_CASE("group_norm: errors", "[ops][group_norm]") {
  check_errors({
      {"group_norm: expected an input [N,C,...], got [3]", [] { group_norm(zeros({3}), 1); }},
      {"group_norm: 4 channels do not divide into 3 groups (input [2,4,5])",
       [] {
         group_norm(zeros({2, 4, 5}), 3);
       }},
      {"group_norm: 4 channels do not divide into 0 groups (input [2,4,5])",
       [] {
         group_norm(zeros({2, 4, 5}), 0);
       }},
      {"group_norm: a group needs more than one value to take a variance of (input [1,3])",
       [] {
         group_norm(zeros({1, 3}), 3);
       }},
      {"group_norm: weight has shape [2] but the input has 4 channels (input [2,4,5])",
       [] {
         group_norm(zeros({2, 4, 5}), 2, zeros({2}));
       }},
      {"group_norm: bias is float64 but the input is float32",
       [] {
         group_norm(zeros({2, 4, 5}), 2, zeros({4}), zeros({4}, DType::Float64));
       }},
      {"group_norm: int64 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] {
         group_norm(zeros({2, 4, 5}, DType::Int64), 2);
       }},
  });
}
