#include "weights/stored_type.h"

#include <cstring>
#include <limits>

#include "tests/catch.h"

using namespace helder;

namespace {

constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

// The bytes of these numbers, `skip` bytes behind the start of a storage.
template <class T>
std::shared_ptr<Storage> storage_of(const std::vector<T>& numbers, size_t skip = 0) {
  const auto storage = std::make_shared<Storage>(skip + numbers.size() * sizeof(T));
  std::memcpy(static_cast<std::byte*>(storage->data()) + skip, numbers.data(), numbers.size() * sizeof(T));
  return storage;
}

template <class T>
std::vector<double> read(StoredType type, const std::vector<T>& numbers, size_t skip = 0) {
  const auto storage = storage_of(numbers, skip);
  const Tensor x = stored_tensor("test", storage, skip, type, {static_cast<int64_t>(numbers.size())}, {1});
  CHECK(x.dtype() == dtype_of(type));
  CHECK(reinterpret_cast<uintptr_t>(x.raw_data()) % size_of(x.dtype()) == 0);
  return x.to_vector<double>();
}

}  // namespace

TEST_CASE("stored types: each has names, a size, and a type in which it is read") {
  const std::vector<std::tuple<StoredType, const char*, const char*, size_t, DType>> table = {
      {StoredType::F64, "F64", "float64", 8, DType::Float64},
      {StoredType::F32, "F32", "float32", 4, DType::Float32},
      {StoredType::F16, "F16", "float16", 2, DType::Float16},
      {StoredType::BF16, "BF16", "bfloat16", 2, DType::BFloat16},
      {StoredType::I64, "I64", "int64", 8, DType::Int64},
      {StoredType::I32, "I32", "int32", 4, DType::Int64},
      {StoredType::I16, "I16", "int16", 2, DType::Int64},
      {StoredType::I8, "I8", "int8", 1, DType::Int64},
      {StoredType::U8, "U8", "uint8", 1, DType::UInt8},
      {StoredType::Bool, "BOOL", "bool", 1, DType::Bool}};
  for (const auto& [type, name, in_pytorch, bytes, dtype] : table) {
    CHECK(name_of(type) == name);
    CHECK(stored_type_of(name) == type);
    CHECK(dtype_name(type) == in_pytorch);
    CHECK(size_of(type) == bytes);
    CHECK(dtype_of(type) == dtype);
  }
  CHECK_FALSE(stored_type_of("F8_E4M3").has_value());
  CHECK_FALSE(stored_type_of("").has_value());
  for (const DType dtype : {DType::Bool, DType::UInt8, DType::Int64, DType::Float16, DType::BFloat16,
                            DType::Float32, DType::Float64}) {
    CHECK(dtype_of(stored_type_of(dtype)) == dtype);
    CHECK(size_of(stored_type_of(dtype)) == size_of(dtype));
  }
}

TEST_CASE("stored tensors: every type is read, on its alignment and off it") {
  for (const size_t skip : {size_t{0}, size_t{8}, size_t{4}, size_t{2}, size_t{1}, size_t{3}}) {
    INFO("skip " << skip);
    CHECK(read(StoredType::F64, std::vector<double>{1.5, -2e300}, skip) == std::vector<double>{1.5, -2e300});
    CHECK(read(StoredType::F32, std::vector<float>{1.5f, -2}, skip) == std::vector<double>{1.5, -2});
    CHECK(read(StoredType::F16, std::vector<uint16_t>{0x3e00, 0xfbff}, skip) ==
          std::vector<double>{1.5, -65504});
    CHECK(read(StoredType::BF16, std::vector<uint16_t>{0x3fc0, 0xc000}, skip) ==
          std::vector<double>{1.5, -2});
    CHECK(read(StoredType::I64, std::vector<int64_t>{int64_t{1} << 40, -1}, skip) ==
          std::vector<double>{1099511627776.0, -1});
    CHECK(read(StoredType::I32, std::vector<int32_t>{-2147483647 - 1, 2147483647}, skip) ==
          std::vector<double>{-2147483648.0, 2147483647});
    CHECK(read(StoredType::I16, std::vector<int16_t>{-32768, 32767}, skip) ==
          std::vector<double>{-32768, 32767});
    CHECK(read(StoredType::I8, std::vector<int8_t>{-128, 127}, skip) == std::vector<double>{-128, 127});
    CHECK(read(StoredType::U8, std::vector<uint8_t>{0, 255}, skip) == std::vector<double>{0, 255});
    CHECK(read(StoredType::Bool, std::vector<uint8_t>{0, 1, 2, 255}, skip) ==
          std::vector<double>{0, 1, 1, 1});
  }
}

TEST_CASE("stored tensors: memory is shared where its type and place allow") {
  const auto storage = storage_of(std::vector<float>{0, 1, 2, 3, 4, 5});
  const auto shares = [&](uint64_t offset, StoredType type) {
    return stored_tensor("test", storage, offset, type, {1}, {1}).impl()->storage == storage;
  };
  CHECK(shares(0, StoredType::F32));
  CHECK(shares(4, StoredType::F32));
  CHECK(shares(8, StoredType::F64));
  CHECK(shares(3, StoredType::U8));
  CHECK_FALSE(shares(2, StoredType::F32));
  CHECK_FALSE(shares(4, StoredType::F64));
  CHECK_FALSE(shares(0, StoredType::I32));
  CHECK_FALSE(shares(0, StoredType::Bool));

  // The storage itself may be off the alignment: a part of a mapped file.
  auto* bytes = static_cast<std::byte*>(storage->data());
  const auto part = std::make_shared<Storage>(bytes + 3, 21, storage);
  CHECK(stored_tensor("test", part, 1, StoredType::F32, {2}, {1}).to_vector<float>() ==
        std::vector<float>{1, 2});
  const auto half = std::make_shared<Storage>(bytes + 2, 22, storage);
  CHECK(stored_tensor("test", half, 2, StoredType::F32, {2}, {1}).to_vector<float>() ==
        std::vector<float>{1, 2});
}

TEST_CASE("stored tensors: strides are honoured, copied or not") {
  const auto check_strides = [](StoredType type, const auto& numbers, size_t skip) {
    const auto storage = storage_of(numbers, skip);
    const auto values = [&](uint64_t first, const Shape& shape, const Shape& strides) {
      const uint64_t offset = skip + first * size_of(type);
      return stored_tensor("test", storage, offset, type, shape, strides).template to_vector<double>();
    };
    CHECK(values(0, {3, 2}, {1, 3}) == std::vector<double>{0, 3, 1, 4, 2, 5});
    CHECK(values(1, {2, 2}, {3, 1}) == std::vector<double>{1, 2, 4, 5});
    CHECK(values(4, {2, 3}, {1, 0}) == std::vector<double>{4, 4, 4, 5, 5, 5});
    CHECK(values(0, {2, 2, 2}, {1, 1, 1}) == std::vector<double>{0, 1, 1, 2, 1, 2, 2, 3});
    CHECK(values(5, {}, {}) == std::vector<double>{5});
    CHECK(values(5, {1, 1}, {kMost, kMost}) == std::vector<double>{5});  // a step that is never made
    CHECK(values(0, {0, 3}, {7, 7}).empty());
  };
  check_strides(StoredType::F32, std::vector<float>{0, 1, 2, 3, 4, 5}, 0);
  check_strides(StoredType::F32, std::vector<float>{0, 1, 2, 3, 4, 5}, 1);
  check_strides(StoredType::I16, std::vector<int16_t>{0, 1, 2, 3, 4, 5}, 0);
  check_strides(StoredType::I8, std::vector<int8_t>{0, 1, 2, 3, 4, 5}, 1);
}

TEST_CASE("stored tensors: nothing outside the storage is reached") {
  const auto storage = storage_of(std::vector<float>{0, 1, 2, 3, 4, 5});
  const auto refusal = [&](uint64_t offset, const Shape& shape, const Shape& strides) -> std::string {
    try {
      stored_tensor("file: 'x'", storage, offset, StoredType::F32, shape, strides);
    } catch (const Error& error) {
      return error.what();
    }
    return "(accepted)";
  };
  CHECK(refusal(0, {6}, {1}) == "(accepted)");
  CHECK(refusal(20, {1}, {1}) == "(accepted)");
  CHECK(refusal(24, {0}, {1}) == "(accepted)");
  CHECK(refusal(0, {7}, {1}) ==
        "file: 'x': a tensor of type F32, shape [7] and strides [1] does not fit into the 6 elements of its "
        "storage");
  const std::string outside = "does not fit into the ";
  CHECK_THAT(refusal(21, {1}, {1}), ContainsSubstring(outside + "0 elements"));
  CHECK_THAT(refusal(24, {1}, {1}), ContainsSubstring(outside + "0 elements"));
  CHECK_THAT(refusal(25, {1}, {1}), ContainsSubstring(outside + "0 elements"));
  CHECK_THAT(refusal(~uint64_t{0}, {1}, {1}), ContainsSubstring(outside));
  CHECK_THAT(refusal(4, {6}, {1}), ContainsSubstring(outside + "5 elements"));
  CHECK_THAT(refusal(0, {2, 2}, {5, 1}), ContainsSubstring(outside));
  CHECK_THAT(refusal(0, {2}, {-1}), ContainsSubstring(outside));
  CHECK_THAT(refusal(20, {2}, {-1}), ContainsSubstring(outside));
  // Products and sums that overflow to something small.
  CHECK_THAT(refusal(0, {3}, {kMost}), ContainsSubstring(outside));
  CHECK_THAT(refusal(0, {2, 2, 2}, {kMost, kMost, 2}), ContainsSubstring(outside));
  CHECK_THAT(refusal(0, {5}, {int64_t{1} << 62}), ContainsSubstring(outside));
  CHECK_THAT(refusal(0, {kMost}, {1}), ContainsSubstring("is too large to address"));
  CHECK_THAT(refusal(0, {int64_t{1} << 32, int64_t{1} << 32}, {0, 0}),
             ContainsSubstring("is too large to address"));
  CHECK_THAT(refusal(0, {-1}, {1}), ContainsSubstring("sizes must not be negative"));
  CHECK(refusal(0, {2}, {1, 1}) == "file: 'x': shape [2] and strides [1,1] differ in length");
}

TEST_CASE("stored tensors: a few bytes cannot ask for any amount of memory") {
  const auto storage = storage_of(std::vector<int32_t>{7});
  const size_t before = memory_stats().bytes_in_use;
  const Tensor x = stored_tensor("test", storage, 0, StoredType::I32, {8192, 8192}, {0, 0});
  CHECK(memory_stats().bytes_in_use - before < 1024);  // one number is converted, whatever the shape
  CHECK(x.at<int64_t>({8191, 8191}) == 7);
  CHECK_THROWS_WITH(stored_tensor("test", storage, 0, StoredType::I32, {8193, 8192}, {0, 0}),
                    "test: shape [8193,8192] repeats the 1 elements of its storage too often");
}
