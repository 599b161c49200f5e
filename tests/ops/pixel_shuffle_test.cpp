#include "autograd/ops/pixel_shuffle.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("pixel_shuffle and pixel_unshuffle: values and derivatives", "[ops][pixel_shuffle]") {
  constexpr auto twice = [](In x) { return pixel_shuffle(x[0], 2); };
  constexpr auto half = [](In x) { return pixel_unshuffle(x[0], 2); };
  check_op("pixel_shuffle", {
                                {"2", twice},
                                {"3", [](In x) { return pixel_shuffle(x[0], 3); }},
                                {"1", [](In x) { return pixel_shuffle(x[0], 1); }},
                                {"no batch dimension", twice},
                                {"six dimensions", twice},
                                {"empty batch", twice},
                                {"uint8", twice},
                                {"back, 2", half},
                                {"back, 3", [](In x) { return pixel_unshuffle(x[0], 3); }},
                                {"back, no batch dimension", half},
                                {"back, uint8", half},
                            });
}

// PyTorch 2.15 returns the input as it is here.
TEST_CASE("pixel_unshuffle: an empty batch has the new shape", "[ops][pixel_shuffle]") {
  CHECK(pixel_unshuffle(zeros({0, 1, 2, 4}), 2).shape() == Shape{0, 4, 1, 2});
}

TEST_CASE("pixel_shuffle and pixel_unshuffle: errors", "[ops][pixel_shuffle]") {
  check_errors({
      {"pixel_shuffle: 6 channels do not divide into squares of 2x2 pixels (input [1,6,2,2])",
       [] {
         pixel_shuffle(zeros({1, 6, 2, 2}), 2);
       }},
      {"pixel_shuffle: the factor must be positive, got 0",
       [] {
         pixel_shuffle(zeros({1, 4, 2, 2}), 0);
       }},
      {"pixel_shuffle: expected an input [...,C,H,W] of 3 to 6 dimensions, got [4,2]",
       [] {
         pixel_shuffle(zeros({4, 2}), 2);
       }},
      {"pixel_unshuffle: 4x3 pixels do not divide into squares of 2x2 (input [1,1,4,3])",
       [] {
         pixel_unshuffle(zeros({1, 1, 4, 3}), 2);
       }},
      {"pixel_unshuffle: the factor must be positive, got -1",
       [] {
         pixel_unshuffle(zeros({1, 4, 2, 2}), -1);
       }},
      {"pixel_shuffle: the factor must be less than 2^31, got 4294967296",
       [] {
         pixel_shuffle(zeros({4, 2, 2}), int64_t{1} << 32);
       }},
  });
}
