#include "layers/position_resampling.h"

#include "autograd/ops.h"
#include "tensor/factories.h"
#include "tests/catch.h"

using namespace helder;

namespace {

// Two tokens before 4 x 4 places, of which feature 0 counts rows and feature 1 columns.
Tensor ramp() {
  std::vector<Tensor> rows = {full({1, 2}, -7, DType::Float64), full({1, 2}, -8, DType::Float64)};
  for (int row = 0; row < 4; ++row) {
    for (int column = 0; column < 4; ++column) {
      rows.push_back(cat({full({1, 1}, row, DType::Float64), full({1, 1}, column, DType::Float64)}, 1));
    }
  }
  return cat(rows).unsqueeze(0);
}

}  // namespace

TEST_CASE("resample_positions: the same grid is left alone", "[layers][vit]") {
  const Tensor x = ramp();
  CHECK(resample_positions(x, 4, 4, 2).shares_storage(x));
}

TEST_CASE("resample_positions: rows stay rows, columns columns, and the first tokens themselves",
          "[layers][vit]") {
  const Tensor y = resample_positions(ramp(), 4, {8, 2}, 2, {.antialias = false});
  REQUIRE(y.shape() == Shape{1, 2 + 16, 2});
  CHECK(y.at<double>({0, 0, 0}) == -7);
  CHECK(y.at<double>({0, 1, 1}) == -8);
  const auto place = [&](int64_t row, int64_t column, int64_t feature) {
    return y.at<double>({0, 2 + 2 * row + column, feature});
  };
  for (int64_t row = 0; row < 8; ++row) {
    CHECK(place(row, 0, 0) == Approx(place(row, 1, 0)));  // a row's number does not depend on the column
    CHECK(place(row, 0, 0) + place(7 - row, 0, 0) == Approx(3));  // symmetric about the middle
    CHECK(place(row, 0, 1) + place(row, 1, 1) == Approx(3));
    CHECK((row == 0 || place(row - 1, 0, 0) < place(row, 0, 0)));
  }
}

TEST_CASE("resample_positions: antialias and offset make a difference, each its own", "[layers][vit]") {
  const Tensor x = randn({1, 16, 3}, DType::Float64);
  const auto shrunk = [&](const PositionResampling& options) {
    return resample_positions(x, 4, {3, 2}, 0, options).to_vector<double>();
  };
  const auto plain = shrunk({.antialias = false});
  CHECK(plain.size() == 18);
  CHECK_FALSE(plain == shrunk({.antialias = true}));
  CHECK_FALSE(plain == shrunk({.antialias = false, .offset = 0.1}));
}

TEST_CASE("resample_positions names what does not fit", "[layers][vit]") {
  CHECK_THROWS_WITH(resample_positions(zeros({1, 16, 3}), 4, 2, 1),
                    "resample_positions: expected [1,17,dim] for 1 tokens and 4x4 patches, got [1,16,3]");
  CHECK_THROWS_WITH(resample_positions(zeros({1, 16, 3}), 4, 2, 0, {.antialias = false, .offset = 1}),
                    "resample_positions: an offset of 1 makes 3x3 patches of 4x4, not 2x2");
}
