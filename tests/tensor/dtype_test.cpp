#include "tensor/dtype.h"

#include <limits>
#include <string>

#include "tests/catch.h"

using namespace helder;

namespace {

constexpr DType kAll[] = {DType::Bool,     DType::UInt8,   DType::Int64,  DType::Float16,
                          DType::BFloat16, DType::Float32, DType::Float64};

// The table that PyTorch's documentation of promote_types describes: rows and columns as in kAll.
constexpr const char* kPromoted[7][7] = {
    {"bool", "uint8", "int64", "float16", "bfloat16", "float32", "float64"},
    {"uint8", "uint8", "int64", "float16", "bfloat16", "float32", "float64"},
    {"int64", "int64", "int64", "float16", "bfloat16", "float32", "float64"},
    {"float16", "float16", "float16", "float16", "float32", "float32", "float64"},
    {"bfloat16", "bfloat16", "bfloat16", "float32", "bfloat16", "float32", "float64"},
    {"float32", "float32", "float32", "float32", "float32", "float32", "float64"},
    {"float64", "float64", "float64", "float64", "float64", "float64", "float64"}};

}  // namespace

TEST_CASE("dtypes have names, sizes and C++ types") {
  constexpr const char* names[] = {"bool", "uint8", "int64", "float16", "bfloat16", "float32", "float64"};
  constexpr size_t sizes[] = {1, 1, 8, 2, 2, 4, 8};
  for (size_t i = 0; i < 7; ++i) {
    CHECK(name_of(kAll[i]) == names[i]);
    CHECK(size_of(kAll[i]) == sizes[i]);
    CHECK(is_floating_point(kAll[i]) == (i >= 3));
    CHECK(visit_any(kAll[i], []<class T>() { return dtype_of<T>(); }) == kAll[i]);
  }
}

TEST_CASE("types promote as in PyTorch") {
  for (size_t i = 0; i < 7; ++i) {
    for (size_t j = 0; j < 7; ++j) {
      INFO(name_of(kAll[i]) << " and " << name_of(kAll[j]));
      CHECK(name_of(promote_types(kAll[i], kAll[j])) == kPromoted[i][j]);
    }
  }
}

TEST_CASE("a visitor refuses a dtype outside its set") {
  const auto bytes = []<class T>() { return sizeof(T); };
  CHECK(visit_floating(DType::Float32, "exp", bytes) == 4);
  CHECK(visit_floating(DType::Float64, "exp", bytes) == 8);
  CHECK(visit_arithmetic(DType::Int64, "add", bytes) == 8);
  CHECK_THROWS_WITH(visit_floating(DType::Int64, "exp", bytes),
                    "exp: int64 is not supported; expected float32 or float64 (convert with .to(DType))");
  CHECK_THROWS_WITH(
      visit_arithmetic(DType::BFloat16, "add", bytes),
      "add: bfloat16 is not supported; expected float32, float64 or int64 (convert with .to(DType))");
  CHECK_THROWS_WITH(
      visit_arithmetic(DType::Bool, "add", bytes),
      "add: bool is not supported; expected float32, float64 or int64 (convert with .to(DType))");
}

TEST_CASE("elements convert between all types") {
  CHECK(convert<int64_t>(2.9) == 2);
  CHECK(convert<int64_t>(-2.9f) == -2);
  CHECK(convert<int64_t>(true) == 1);
  CHECK(convert<bool>(0.25) == true);
  CHECK(convert<bool>(-0.0) == false);
  CHECK(convert<bool>(std::numeric_limits<double>::quiet_NaN()) == true);
  CHECK(convert<bool>(Float16(0.5f)) == true);
  CHECK(convert<double>(uint8_t{255}) == 255);
  CHECK(convert<float>(1e300) == std::numeric_limits<float>::infinity());
  CHECK(convert<float>(Float16(1.5f)) == 1.5f);
  CHECK(convert<double>(BFloat16(-3.0f)) == -3);
  CHECK(convert<Float16>(1e9).bits == 0x7c00);
  CHECK(convert<Float16>(int64_t{3}).bits == 0x4200);
  CHECK(convert<BFloat16>(Float16(0.5f)).bits == 0x3f00);
  CHECK(convert<uint8_t>(int64_t{258}) == 2);
}

TEST_CASE("floats outside 0..255 wrap in uint8") {
  CHECK(convert<uint8_t>(300.7) == 44);
  CHECK(convert<uint8_t>(-1.0f) == 255);
  CHECK(convert<uint8_t>(Float16(-2.0f)) == 254);
  CHECK(convert<uint8_t>(255.9) == 255);
}
