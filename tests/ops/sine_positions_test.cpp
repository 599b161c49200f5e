#include "autograd/ops/sine_positions.h"

#include <cmath>

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

namespace {

// What has no real input is asked for in float64, which the fixture is in.
Tensor map_2d(const Tensor& mask, int64_t feats, const SinePositions2dOptions& options = {}) {
  return sine_positions_2d(mask, feats, options, DType::Float64);
}

}  // namespace

TEST_CASE("sine_positions: values", "[ops][sine_positions]") {
  check_op(
      "sine_positions",
      {
          {"vector", [](In x) { return sine_positions(x[0], 8); }},
          {"matrix", [](In x) { return sine_positions(x[0], 6); }},
          {"scalar", [](In x) { return sine_positions(x[0], 4); }},
          {"temperature", [](In x) { return sine_positions(x[0], 8, 20); }},
          {"halves", [](In x) { return sine_positions(x[0], 8, 10000, SineLayout::Halves); }},
          {"one pair", [](In x) { return sine_positions(x[0], 2); }},
          {"no features", [](In x) { return sine_positions(x[0], 0); }},
          {"no positions", [](In x) { return sine_positions(x[0], 4); }},
          {"int64", [](In x) { return sine_positions(x[0], 6); }},
          {"2d", [](In x) { return map_2d(x[0], 6); }, kNoFloat32},
          {"2d without mask", [](In x) { return map_2d(x[0], 4); }, kNoFloat32},
          {"2d all masked", [](In x) { return map_2d(x[0], 4, {.normalize = true}); }, kNoFloat32},
          {"2d normalized", [](In x) { return map_2d(x[0], 6, {.normalize = true}); }, kNoFloat32},
          {"2d scale", [](In x) { return map_2d(x[0], 4, {.normalize = true, .scale = 1.5}); }, kNoFloat32},
          {"2d temperature", [](In x) { return map_2d(x[0], 4, {.temperature = 20}); }, kNoFloat32},
          {"2d empty batch", [](In x) { return map_2d(x[0], 4); }, kNoFloat32},
          {"grid", [](In) { return sine_grid_2d(8, 3, 5, false, DType::Float64); }, kNoFloat32},
          {"grid with class token", [](In) { return sine_grid_2d(12, 2, 2, true, DType::Float64); },
           kNoFloat32},
          {"grid of nothing", [](In) { return sine_grid_2d(8, 0, 5, false, DType::Float64); }, kNoFloat32},
      });
}

TEST_CASE("sine_positions: float32 is float64 rounded, far from 0 as well", "[ops][sine_positions]") {
  const Tensor exact = sine_positions(arange(0, 100'000, 999, DType::Float64), 64);
  CHECK(same_bits(sine_positions(arange(0, 100'000, 999), 64), exact.to(DType::Float32)));
  const Tensor mask = zeros({1, 3, 4}, DType::Bool);
  CHECK(same_bits(sine_positions_2d(mask, 4), map_2d(mask, 4).to(DType::Float32)));
  CHECK(same_bits(sine_grid_2d(8, 3, 4), sine_grid_2d(8, 3, 4, false, DType::Float64).to(DType::Float32)));
}

// Why sines and cosines (Vaswani et al., section 3.5): the code of p + k is the code of p, turned by k.
TEST_CASE("sine_positions: a dot product of two codes depends on their distance only",
          "[ops][sine_positions]") {
  const Tensor codes = sine_positions(arange(0, 50, 1, DType::Float64), 32);
  const Tensor dots = codes.matmul(codes.t());
  for (int64_t distance : {0, 1, 7, 30}) {
    for (int64_t p = 0; p + distance < 50; ++p) {
      CHECK(dots.at<double>({p, p + distance}) == Approx(dots.at<double>({0, distance})));
    }
  }
  CHECK(dots.at<double>({0, 0}) == Approx(16));
}

TEST_CASE("sine_positions: errors", "[ops][sine_positions]") {
  check_errors({
      {"sine_positions: dim must be even, a sine and a cosine each, got 3",
       [] { sine_positions(zeros({2}), 3); }},
      {"sine_positions: temperature must be positive, got 0", [] { sine_positions(zeros({2}), 4, 0); }},
      {"sine_positions: positions are constants, but these require a gradient",
       [] { sine_positions(Tensor(zeros({2})).requires_grad_(), 4); }},
      {"sine_positions_2d: expected a bool mask [N,H,W], got float32 [2,3,4]",
       [] {
         sine_positions_2d(zeros({2, 3, 4}), 4);
       }},
      {"sine_positions_2d: expected a bool mask [N,H,W], got bool [3,4]",
       [] {
         sine_positions_2d(zeros({3, 4}, DType::Bool), 4);
       }},
      {"sine_positions_2d: num_pos_feats must be even, got 5",
       [] {
         sine_positions_2d(zeros({2, 3, 4}, DType::Bool), 5);
       }},
      {"sine_positions_2d: scale is for positions that are normalized",
       [] {
         sine_positions_2d(zeros({2, 3, 4}, DType::Bool), 4, {.scale = 2});
       }},
      {"sine_positions_2d: int64 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] {
         sine_positions_2d(zeros({2, 3, 4}, DType::Bool), 4, {}, DType::Int64);
       }},
      {"sine_grid_2d: dim must be a multiple of 4, got 6", [] { sine_grid_2d(6, 2, 2); }},
      {"sine_grid_2d: the grid's sizes must not be negative, got 2x-1", [] { sine_grid_2d(8, 2, -1); }},
  });
}
