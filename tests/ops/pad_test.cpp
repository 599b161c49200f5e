#include "autograd/ops/pad.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("pad: values and derivatives", "[ops][pad]") {
  check_op("pad", {
                      {"row",
                       [](In x) {
                         return pad(x[0], {1, 2});
                       }},
                      {"picture",
                       [](In x) {
                         return pad(x[0], {1, 2, 3, 0});
                       }},
                      {"value",
                       [](In x) {
                         return pad(x[0], {0, 1, 2, 0}, {.value = -1.5});
                       }},
                      {"three dimensions",
                       [](In x) {
                         return pad(x[0], {1, 0, 0, 1, 2, 1}, {.value = 2});
                       }},
                      {"crop",
                       [](In x) {
                         return pad(x[0], {-1, -2, -1, 0});
                       }},
                      {"crop and pad",
                       [](In x) {
                         return pad(x[0], {-2, 3}, {.value = 0.5});
                       }},
                      {"crop to nothing",
                       [](In x) {
                         return pad(x[0], {-2, -3});
                       }},
                      {"nothing", [](In x) { return pad(x[0], {}); }},
                      {"zeros",
                       [](In x) {
                         return pad(x[0], {0, 0});
                       }},
                      {"no rows",
                       [](In x) {
                         return pad(x[0], {1, 1});
                       }},
                      {"no columns",
                       [](In x) {
                         return pad(x[0], {1, 1});
                       }},
                      {"int64",
                       [](In x) {
                         return pad(x[0], {1, 0}, {.value = 7});
                       }},
                      {"bool",
                       [](In x) {
                         return pad(x[0], {1, 1}, {.value = 1});
                       }},
                      {"reflect row",
                       [](In x) {
                         return pad(x[0], {2, 1}, {.mode = PadMode::Reflect});
                       }},
                      {"reflect picture",
                       [](In x) {
                         return pad(x[0], {1, 2, 2, 1}, {.mode = PadMode::Reflect});
                       }},
                      {"reflect most",
                       [](In x) {
                         return pad(x[0], {3, 3}, {.mode = PadMode::Reflect});
                       }},
                      {"reflect and crop",
                       [](In x) {
                         return pad(x[0], {-1, 3}, {.mode = PadMode::Reflect});
                       }},
                      {"reflect volume",
                       [](In x) {
                         return pad(x[0], {1, 0, 0, 1, 1, 1}, {.mode = PadMode::Reflect});
                       }},
                      {"replicate row",
                       [](In x) {
                         return pad(x[0], {2, 1}, {.mode = PadMode::Replicate});
                       }},
                      {"replicate picture",
                       [](In x) {
                         return pad(x[0], {1, 2, 4, 0}, {.mode = PadMode::Replicate});
                       }},
                      {"replicate and crop",
                       [](In x) {
                         return pad(x[0], {2, -1}, {.mode = PadMode::Replicate});
                       }},
                      {"replicate one",
                       [](In x) {
                         return pad(x[0], {2, 3}, {.mode = PadMode::Replicate});
                       }},
                      {"circular row",
                       [](In x) {
                         return pad(x[0], {2, 1}, {.mode = PadMode::Circular});
                       }},
                      {"circular picture",
                       [](In x) {
                         return pad(x[0], {1, 2, 2, 0}, {.mode = PadMode::Circular});
                       }},
                      {"circular all",
                       [](In x) {
                         return pad(x[0], {4, 4}, {.mode = PadMode::Circular});
                       }},
                      {"circular and crop",
                       [](In x) {
                         return pad(x[0], {-1, 2}, {.mode = PadMode::Circular});
                       }},
                  });
}

TEST_CASE("pad: cropping more at one end than there is leaves padding from the other", "[ops][pad]") {
  const Tensor x = tensor<float>({1, 2, 3});
  CHECK(pad(x, {4, -3}, {.value = 7}).to_vector<float>() == std::vector<float>{7, 7, 7, 7});
  CHECK(pad(x, {-4, 3}, {.value = 7}).to_vector<float>() == std::vector<float>{7, 7});
}

TEST_CASE("pad: threads change no bit", "[ops][pad]") {
  check_threads({{"reflect", {{40, 30, 30}}, [](In x) {
                    return pad(x[0], {9, 20, 7, 7}, {.mode = PadMode::Reflect});
                  }}});
}

TEST_CASE("pad: errors", "[ops][pad]") {
  check_errors({
      {"pad: expected two numbers for each dimension, got 3",
       [] {
         pad(zeros({2, 3}), {1, 1, 1});
       }},
      {"pad: 4 numbers are for 2 dimensions, but the input is [3]",
       [] {
         pad(zeros({3}), {1, 1, 1, 1});
       }},
      {"pad: -2 and -2 cut more off dimension 1 than its size 3 (input [2,3])",
       [] {
         pad(zeros({2, 3}), {-2, -2});
       }},
      {"pad: reflect needs less padding than the size 3 of dimension 1, got 3 and 0 (input [2,3])",
       [] {
         pad(zeros({2, 3}), {3, 0}, {.mode = PadMode::Reflect});
       }},
      {"pad: there is nothing to replicate along dimension 1 (input [2,0])",
       [] {
         pad(zeros({2, 0}), {1, 0}, {.mode = PadMode::Replicate});
       }},
      {"pad: circular goes round once, 2 elements of dimension 1 at most, got 3 and -1 (input [2,3])",
       [] {
         pad(zeros({2, 3}), {3, -1}, {.mode = PadMode::Circular});
       }},
      {"pad: 9223372036854775807 and 1 are too large for dimension 0 (input [2])",
       [] {
         pad(zeros({2}), {INT64_MAX, 1});
       }},
  });
}
