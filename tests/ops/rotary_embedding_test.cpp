#include "autograd/ops/rotary_embedding.h"

#include <algorithm>
#include <cmath>

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("rotary_embedding: values and derivatives", "[ops][rotary_embedding]") {
  constexpr auto halves = [](In x) { return rotary_embedding(x[0], x[1], x[2]); };
  constexpr auto neighbours = [](In x) { return rotary_embedding(x[0], x[1], x[2], true); };
  constexpr DType kDouble = DType::Float64;  // what has no real input is asked for in the fixture's type
  check_op("rotary_embedding",
           {
               {"matrix", halves},
               {"heads", halves},
               {"one batch dimension", halves},
               {"a table for each sample", halves},
               {"a table for each sample, no heads", halves},
               {"five dimensions", halves},
               {"some features rest", halves},
               {"no pairs", halves},
               {"all lanes and a tail", halves},
               {"one position", halves},
               {"no positions", halves},
               {"no samples", halves},
               {"interleaved matrix", neighbours},
               {"interleaved heads", neighbours},
               {"interleaved one batch dimension", neighbours},
               {"interleaved a table for each sample", neighbours},
               {"interleaved a table for each sample, no heads", neighbours},
               {"interleaved five dimensions", neighbours},
               {"interleaved some features rest", neighbours},
               {"interleaved no pairs", neighbours},
               {"interleaved all lanes and a tail", neighbours},
               {"interleaved one position", neighbours},
               {"interleaved no positions", neighbours},
               {"interleaved no samples", neighbours},
               {"table cos", [](In) { return rotary_table(6, 8, 10000, kDouble).cos; }, kNoFloat32},
               {"table sin", [](In) { return rotary_table(6, 8, 10000, kDouble).sin; }, kNoFloat32},
               {"table theta", [](In) { return rotary_table(6, 8, 50, kDouble).sin; }, kNoFloat32},
               {"table of positions", [](In x) { return rotary_table(x[0], 4).cos; }},
               {"table 2d cos", [](In) { return rotary_table_2d(3, 4, 8, 10000, kDouble).cos; }, kNoFloat32},
               {"table 2d sin", [](In) { return rotary_table_2d(3, 4, 8, 10000, kDouble).sin; }, kNoFloat32},
               {"table 2d theta", [](In) { return rotary_table_2d(2, 5, 12, 100, kDouble).sin; }, kNoFloat32},
           });
}

TEST_CASE("rotary_embedding: one table for all samples may have a batch dimension",
          "[ops][rotary_embedding]") {
  const Tensor x = randn({3, 2, 5, 8});
  const RotaryTable table = rotary_table(5, 8);
  CHECK(same_bits(rotary_embedding(x, table.cos.unsqueeze(0), table.sin.unsqueeze(0)),
                  rotary_embedding(x, table.cos, table.sin)));
}

TEST_CASE("rotary_embedding: threads change no bit", "[ops][rotary_embedding]") {
  check_threads({
      {"halves",
       {{4, 3, 100, 40}},
       [](In x) {
         const RotaryTable table = rotary_table(100, 40, 10000, x[0].dtype());
         return rotary_embedding(x[0], table.cos, table.sin);
       }},
      {"neighbours",
       {{4, 3, 100, 40}},
       [](In x) {
         const RotaryTable table = rotary_table(100, 40, 10000, x[0].dtype());
         return rotary_embedding(x[0], table.cos, table.sin, true);
       }},
  });
}

// One query and one key, put at every position: q(p) . k(p + d).
TEST_CASE("rotary_embedding: a dot product depends on the distance only, and lengths stay",
          "[ops][rotary_embedding]") {
  constexpr int64_t length = 40;
  const RotaryTable table = rotary_table(length, 16, 10000, DType::Float64);
  const Tensor query = randn({1, 16}, DType::Float64), key = randn({1, 16}, DType::Float64);
  for (bool interleaved : {false, true}) {
    const Tensor q = rotary_embedding(query.expand({length, 16}), table.cos, table.sin, interleaved);
    const Tensor k = rotary_embedding(key.expand({length, 16}), table.cos, table.sin, interleaved);
    const Tensor dots = q.matmul(k.t()), lengths = q.matmul(q.t());
    for (int64_t distance : {-20, -1, 0, 1, 9}) {
      const int64_t first = std::max<int64_t>(0, -distance);
      for (int64_t p = first; p < length && p + distance < length; ++p) {
        CHECK(dots.at<double>({p, p + distance}) == Approx(dots.at<double>({first, first + distance})));
      }
    }
    CHECK(std::abs(dots.at<double>({0, 1}) - dots.at<double>({0, 2})) > 1e-3);  // but it does depend on that
    CHECK(lengths.at<double>({7, 7}) == Approx(query.matmul(query.t()).item()));
  }
}

// On a grid the same holds for the shift along both axes.
TEST_CASE("rotary_embedding: on a grid a dot product depends on the shift only", "[ops][rotary_embedding]") {
  constexpr int64_t height = 5, width = 7;
  const RotaryTable table = rotary_table_2d(height, width, 16, 100, DType::Float64);
  const Tensor query = randn({1, 16}, DType::Float64), key = randn({1, 16}, DType::Float64);
  const Tensor q = rotary_embedding(query.expand({35, 16}), table.cos, table.sin, true);
  const Tensor k = rotary_embedding(key.expand({35, 16}), table.cos, table.sin, true);
  const Tensor dots = q.matmul(k.t());
  const int64_t down = 2, right = 3;
  for (int64_t i = 0; i + down < height; ++i) {
    for (int64_t j = 0; j + right < width; ++j) {
      CHECK(dots.at<double>({i * width + j, (i + down) * width + j + right}) ==
            Approx(dots.at<double>({0, down * width + right})));
    }
  }
}

TEST_CASE("rotary_embedding: errors", "[ops][rotary_embedding]") {
  check_errors({
      {"rotary_embedding: expected an input [...,length,features], got [4]",
       [] {
         rotary_embedding(zeros({4}), zeros({1, 2}), zeros({1, 2}));
       }},
      {"rotary_embedding: cos is [3,2] but sin is [3,1]",
       [] {
         rotary_embedding(zeros({3, 4}), zeros({3, 2}), zeros({3, 1}));
       }},
      {"rotary_embedding: cos and sin must be [3,pairs] or [2,3,pairs] with at most 2 pairs, got [3,4] "
       "(input "
       "[2,3,4])",
       [] {
         rotary_embedding(zeros({2, 3, 4}), zeros({3, 4}), zeros({3, 4}));
       }},
      {"rotary_embedding: cos and sin must be [3,pairs] or [2,3,pairs] with at most 2 pairs, got [5,3,2] "
       "(input "
       "[2,3,4])",
       [] {
         rotary_embedding(zeros({2, 3, 4}), zeros({5, 3, 2}), zeros({5, 3, 2}));
       }},
      {"rotary_embedding: the input is float32 but cos is float64 and sin float32",
       [] {
         rotary_embedding(zeros({3, 4}), zeros({3, 2}, DType::Float64), zeros({3, 2}));
       }},
      {"rotary_embedding: cos and sin are constants, but one requires a gradient",
       [] {
         rotary_embedding(zeros({3, 4}), zeros({3, 2}), Tensor(zeros({3, 2})).requires_grad_());
       }},
      {"rotary_embedding: int64 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] {
         const Tensor table = zeros({3, 2}, DType::Int64);
         rotary_embedding(zeros({3, 4}, DType::Int64), table, table);
       }},
      {"rotary_table: dim must be even, got 5", [] { rotary_table(3, 5); }},
      {"rotary_table: length must not be negative, got -3", [] { rotary_table(-3, 4); }},
      {"rotary_table_2d: dim must be a multiple of 4, got 6", [] { rotary_table_2d(2, 2, 6); }},
      {"rotary_table_2d: the grid's sizes must not be negative, got -2x2", [] { rotary_table_2d(-2, 2, 8); }},
  });
}
