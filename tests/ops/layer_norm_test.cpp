#include "autograd/ops/layer_norm.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("layer_norm: values and derivatives", "[ops][layer_norm]") {
  constexpr auto last = [](In x) { return layer_norm(x[0], {x[0].size(-1)}, x[1], x[2]); };
  check_op("layer_norm", {
                             {"rows", last},
                             {"tokens", last},
                             {"two dimensions",
                              [](In x) {
                                return layer_norm(x[0], {3, 4}, x[1], x[2]);
                              }},
                             {"picture",
                              [](In x) {
                                return layer_norm(x[0], {2, 3, 3}, x[1], x[2]);
                              }},
                             {"whole input",
                              [](In x) {
                                return layer_norm(x[0], {3, 4}, x[1], x[2]);
                              }},
                             {"vector", last},
                             {"one row", last},
                             {"a vector and a tail", last},
                             {"all lanes and a tail", last},
                             {"long row", last},
                             {"not affine", last},
                             {"large epsilon", [](In x) { return layer_norm(x[0], {5}, x[1], x[2], 0.5); }},
                             {"sizes of one",
                              [](In x) {
                                return layer_norm(x[0], {1, 3}, x[1], x[2]);
                              }},
                             {"no rows", last},
                             {"no columns", last},
                             {"all zero", [](In x) { return layer_norm(x[0], {4}, x[1], x[2], 1e-3); }},
                             {"NaN", last},
                             {"only weight", last},
                             {"only bias", last},
                             {"far from zero", last},
                             // Nothing is left of dy but the rounding of float32, times 1 / sqrt(eps).
                             {"one column", last, kNoFloat32},
                         });
}

TEST_CASE("layer_norm: threads change no bit", "[ops][layer_norm]") {
  check_threads({
      {"many rows", {{1000, 70}, {70}, {70}}, [](In x) { return layer_norm(x[0], {70}, x[1], x[2]); }},
      {"long rows",
       {{5, 20000}, {20000}, {20000}},
       [](In x) { return layer_norm(x[0], {20000}, x[1], x[2]); }},
  });
}

// The numbers' spread is 1 and their mean 10,000: the mean has to go before anything is squared.
TEST_CASE("layer_norm: a mean far from 0 keeps the digits of the spread", "[ops][layer_norm]") {
  Generator generator(4);
  Tensor x = empty({6, 300});
  for (int64_t i = 0; i < x.numel(); ++i) {
    x.data<float>()[i] = static_cast<float>(10'000 + generator.randint(-2048, 2049) * 0x1p-9);
  }
  const Tensor expected = layer_norm(x.to(DType::Float64), {300});
  CHECK(first_difference(layer_norm(x, {300}).to(DType::Float64), expected, 5e-4) == "");
}

TEST_CASE("layer_norm: errors", "[ops][layer_norm]") {
  check_errors({
      {"layer_norm: normalized_shape is empty; expected the last sizes of the input [2,3]",
       [] {
         layer_norm(zeros({2, 3}), {});
       }},
      {"layer_norm: normalized_shape [2] is not how the shape of the input [2,3] ends",
       [] {
         layer_norm(zeros({2, 3}), {2});
       }},
      {"layer_norm: normalized_shape [2,3] is not how the shape of the input [3] ends",
       [] {
         layer_norm(zeros({3}), {2, 3});
       }},
      {"layer_norm: weight has shape [2] but normalized_shape is [3]",
       [] {
         layer_norm(zeros({2, 3}), {3}, zeros({2}));
       }},
      {"layer_norm: bias is float64 but the input is float32",
       [] {
         layer_norm(zeros({2, 3}), {3}, zeros({3}), zeros({3}, DType::Float64));
       }},
      {"layer_norm: int64 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] {
         layer_norm(zeros({2, 3}, DType::Int64), {3});
       }},
  });
}
