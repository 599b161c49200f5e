#include "tensor/factories.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "tensor/views.h"
#include "tests/catch.h"

using namespace helder;

namespace {

constexpr DType kAll[] = {DType::Bool,     DType::UInt8,   DType::Int64,  DType::Float16,
                          DType::BFloat16, DType::Float32, DType::Float64};

using Doubles = std::vector<double>;

}  // namespace

TEST_CASE("zeros, ones and full hold one value in every type") {
  for (const DType dtype : kAll) {
    INFO(name_of(dtype));
    CHECK(zeros({2, 2}, dtype).to_vector<double>() == Doubles{0, 0, 0, 0});
    CHECK(ones({3}, dtype).to_vector<double>() == Doubles{1, 1, 1});
    CHECK(full({2}, 3, dtype).to_vector<double>() == (dtype == DType::Bool ? Doubles{1, 1} : Doubles{3, 3}));
    CHECK(scalar(1, dtype).rank() == 0);
    CHECK(scalar(1, dtype).item() == 1);
    CHECK(zeros({2, 2}, dtype).dtype() == dtype);
  }
  CHECK(full({}, -0.5).item() == -0.5);
  CHECK(full({2}, -2.7, DType::Int64).to_vector<double>() == Doubles{-2, -2});
}

TEST_CASE("a new tensor is contiguous, alone on its storage and a leaf") {
  const Tensor x = empty({2, 3, 4});
  CHECK(x.shape() == Shape({2, 3, 4}));
  CHECK(x.strides() == Shape({12, 4, 1}));
  CHECK(x.is_contiguous());
  CHECK(x.dtype() == DType::Float32);
  CHECK(x.device() == Device::Cpu);
  CHECK(x.version() == 0);
  CHECK_FALSE(x.shares_storage(empty({2, 3, 4})));
  CHECK(empty({0, 3}).numel() == 0);
}

TEST_CASE("large tensors are filled to the end") {
  const auto values = full({100003}, 7, DType::UInt8).to_vector<uint8_t>();
  CHECK(std::count(values.begin(), values.end(), uint8_t{7}) == 100003);
}

TEST_CASE("the _like factories take shape and type, not strides") {
  const Tensor x = views::transpose(zeros({2, 3}, DType::Float64), 0, 1);
  for (const Tensor& like : {empty_like(x), zeros_like(x), ones_like(x)}) {
    CHECK(like.shape() == Shape({3, 2}));
    CHECK(like.strides() == Shape({2, 1}));
    CHECK(like.dtype() == DType::Float64);
  }
  CHECK(ones_like(x).to_vector<double>() == Doubles{1, 1, 1, 1, 1, 1});
  CHECK(zeros_like(x).to_vector<double>() == Doubles{0, 0, 0, 0, 0, 0});
}

TEST_CASE("arange steps from start to before the end") {
  CHECK(arange(4).to_vector<int64_t>() == std::vector<int64_t>{0, 1, 2, 3});
  CHECK(arange(4).dtype() == DType::Int64);
  CHECK(arange(2, 9, 3).to_vector<double>() == Doubles{2, 5, 8});
  CHECK(arange(2, 8, 3).to_vector<double>() == Doubles{2, 5});
  CHECK(arange(3, -3, -2).to_vector<double>() == Doubles{3, 1, -1});
  CHECK(arange(0, 1, 0.25, DType::Float32).to_vector<double>() == Doubles{0, 0.25, 0.5, 0.75});
  CHECK(arange(0, 1, 0.3, DType::Float64).to_vector<double>() == Doubles{0, 0.3, 0.6, 3 * 0.3});
  CHECK(arange(0, 1, 0.1, DType::Float64).numel() == 10);
  CHECK(arange(5, 5).numel() == 0);
  CHECK(arange(0).numel() == 0);
}

TEST_CASE("arange names steps that do not arrive") {
  CHECK_THROWS_WITH(arange(0, 5, 0), "arange: a step of 0 does not lead from 0 to 5");
  CHECK_THROWS_WITH(arange(0, 5, -1), "arange: a step of -1 does not lead from 0 to 5");
  CHECK_THROWS_WITH(arange(-3), "arange: a step of 1 does not lead from 0 to -3");
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK_THROWS_WITH(arange(0, infinity), "arange: a step of 1 does not lead from 0 to inf");
  CHECK_THROWS_WITH(arange(0, std::nan("")), "arange: a step of 1 does not lead from 0 to nan");
  CHECK_THROWS_WITH(arange(0, 1e300), "arange: a step of 1 does not lead from 0 to 1e+300");
  CHECK_THROWS_WITH(
      arange(0, 4, 1, DType::Bool),
      "arange: bool is not supported; expected float32, float64 or int64 (convert with .to(DType))");
}

TEST_CASE("linspace has both ends and even steps") {
  CHECK(linspace(0, 1, 5).to_vector<double>() == Doubles{0, 0.25, 0.5, 0.75, 1});
  CHECK(linspace(3, -3, 4, DType::Float64).to_vector<double>() == Doubles{3, 1, -1, -3});
  CHECK(linspace(2, 9, 1).to_vector<double>() == Doubles{2});
  CHECK(linspace(2, 9, 0).numel() == 0);
  const auto values = linspace(0.1, 0.7, 1000, DType::Float64).to_vector<double>();
  CHECK(values.front() == 0.1);
  CHECK(values.back() == 0.7);
  for (size_t i = 0; i < values.size(); ++i) {
    REQUIRE(values[i] == Approx(0.1 + 0.6 * static_cast<double>(i) / 999).epsilon(1e-14));
  }
  CHECK(linspace(0, 1, 50, DType::Float64).to_vector<double>().back() == 1);  // 49 * (1 / 49.0) is not 1
  CHECK_THROWS_WITH(linspace(0, 1, -1), "linspace: steps must not be negative, got -1");
  CHECK_THROWS_WITH(
      linspace(0, 1, 3, DType::Int64),
      "linspace: int64 is not supported; expected float32 or float64 (convert with .to(DType))");
}

TEST_CASE("eye is the identity") {
  CHECK(eye(2).to_vector<double>() == Doubles{1, 0, 0, 1});
  CHECK(eye(2, 3).to_vector<double>() == Doubles{1, 0, 0, 0, 1, 0});
  CHECK(eye(3, 2, DType::Int64).to_vector<double>() == Doubles{1, 0, 0, 1, 0, 0});
  CHECK(eye(0).shape() == Shape({0, 0}));
}

TEST_CASE("from_data copies values into a shape") {
  std::vector<float> values = {1, 2, 3, 4, 5, 6};
  const Tensor x = from_data(values, {2, 3});
  values[0] = 100;
  CHECK(x.dtype() == DType::Float32);
  CHECK(x.at<float>({0, 0}) == 1);
  CHECK(x.at<float>({1, 2}) == 6);
  CHECK(from_data(std::vector<uint8_t>{7}, {}).item() == 7);
  CHECK(from_data(std::vector<int64_t>{}, {0, 4}).numel() == 0);
  const bool flags[] = {true, false};
  CHECK(from_data(std::span<const bool>(flags), {2}).to_vector<double>() == Doubles{1, 0});
  CHECK(tensor<double>({0.5, 1.5}).dtype() == DType::Float64);
  CHECK(tensor<int64_t>({4, 5}).shape() == Shape({2}));
  CHECK_THROWS_WITH(from_data(values, {2, 2}), "from_data: 6 values for shape [2,2]");
  CHECK_THROWS_WITH(from_data(values, {-2, -3}), "from_data: sizes must not be negative, got [-2,-3]");
}

TEST_CASE("impossible sizes are refused before memory is taken") {
  CHECK_THROWS_WITH(empty({2, -1}), "empty: sizes must not be negative, got [2,-1]");
  CHECK_THROWS_WITH(zeros({int64_t{1} << 40, int64_t{1} << 40}),
                    "empty: a tensor of shape [1099511627776,1099511627776] is too large to address");
}
