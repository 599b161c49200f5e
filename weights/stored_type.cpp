#include "weights/stored_type.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "tensor/factories.h"

namespace helder {
namespace {

static_assert(std::endian::native == std::endian::little,
              "weight files are little-endian, and read as they are");

constexpr int64_t kMostRepeated = int64_t{1} << 26;

struct Row {
  StoredType stored;
  const char* name;
  size_t bytes;
  DType dtype;
};

// In the order of the enum.
constexpr std::array kRows = {
    Row{StoredType::F64, "F64", 8, DType::Float64}, Row{StoredType::F32, "F32", 4, DType::Float32},
    Row{StoredType::F16, "F16", 2, DType::Float16}, Row{StoredType::BF16, "BF16", 2, DType::BFloat16},
    Row{StoredType::I64, "I64", 8, DType::Int64},   Row{StoredType::I32, "I32", 4, DType::Int64},
    Row{StoredType::I16, "I16", 2, DType::Int64},   Row{StoredType::I8, "I8", 1, DType::Int64},
    Row{StoredType::U8, "U8", 1, DType::UInt8},     Row{StoredType::Bool, "BOOL", 1, DType::Bool},
};

const Row& row_of(StoredType type) { return kRows[static_cast<size_t>(type)]; }

// How many elements of the storage a tensor reaches into, the last one included; nothing where that is more
// than `limit`.
std::optional<uint64_t> reach(const Shape& shape, const Shape& strides, uint64_t limit) {
  uint64_t last = 0;
  for (int i = 0; i < shape.rank(); ++i) {
    uint64_t step = 0;
    if (shape[i] < 0 || strides[i] < 0 ||
        __builtin_mul_overflow(static_cast<uint64_t>(shape[i] - 1), static_cast<uint64_t>(strides[i]),
                               &step) ||
        __builtin_add_overflow(last, step, &last)) {
      return {};
    }
  }
  return last < limit ? std::optional(last + 1) : std::nullopt;
}

// Row-major copy of elements that lie anywhere.
template <class Stored, class Result>
Tensor copy_elements(const std::byte* from, const Shape& shape, const Shape& strides) {
  const Tensor result = empty(shape, dtype_of<Result>());
  Result* to = result.data<Result>();
  std::array<int64_t, kMaxRank> index{};
  int64_t position = 0;
  for (int64_t i = 0; i < shape.numel(); ++i) {
    Stored value;
    std::memcpy(&value, from + position * static_cast<int64_t>(sizeof(Stored)), sizeof value);
    to[i] = static_cast<Result>(value);
    for (int d = shape.rank() - 1; d >= 0; --d) {  // the next index, as an odometer counts
      size_t place = static_cast<size_t>(d);
      position += strides[d];
      if (++index[place] < shape[d]) {
        break;
      }
      position -= strides[d] * shape[d];
      index[place] = 0;
    }
  }
  return result;
}

Tensor copied(StoredType type, const std::byte* from, const Shape& shape, const Shape& strides) {
  switch (type) {
    case StoredType::F64:
      return copy_elements<double, double>(from, shape, strides);
    case StoredType::F32:
      return copy_elements<float, float>(from, shape, strides);
    case StoredType::F16:
      return copy_elements<Float16, Float16>(from, shape, strides);
    case StoredType::BF16:
      return copy_elements<BFloat16, BFloat16>(from, shape, strides);
    case StoredType::I64:
      return copy_elements<int64_t, int64_t>(from, shape, strides);
    case StoredType::I32:
      return copy_elements<int32_t, int64_t>(from, shape, strides);
    case StoredType::I16:
      return copy_elements<int16_t, int64_t>(from, shape, strides);
    case StoredType::I8:
      return copy_elements<int8_t, int64_t>(from, shape, strides);
    case StoredType::U8:
      return copy_elements<uint8_t, uint8_t>(from, shape, strides);
    case StoredType::Bool:
      break;
  }
  return copy_elements<uint8_t, bool>(from, shape, strides);
}

}  // namespace

std::string_view name_of(StoredType type) { return row_of(type).name; }
size_t size_of(StoredType type) { return row_of(type).bytes; }
DType dtype_of(StoredType type) { return row_of(type).dtype; }

std::optional<StoredType> stored_type_of(std::string_view name) {
  for (const Row& row : kRows) {
    if (row.name == name) {
      return row.stored;
    }
  }
  return {};
}

StoredType stored_type_of(DType dtype) {
  for (const Row& row : kRows) {
    if (row.dtype == dtype) {  // int64's first row is I64
      return row.stored;
    }
  }
  fail("weights: {} has no stored type", name_of(dtype));
}

Tensor stored_tensor(const std::string& name, const std::shared_ptr<Storage>& storage, uint64_t offset,
                     StoredType type, const Shape& shape, const Shape& strides) {
  check_sizes(name.c_str(), shape);
  check(shape.rank() == strides.rank(), "{}: shape {} and strides {} differ in length", name, shape, strides);
  const uint64_t bytes = size_of(type);
  if (shape.numel() == 0) {
    return empty(shape, dtype_of(type));
  }
  const uint64_t room = offset <= storage->bytes() ? (storage->bytes() - offset) / bytes : 0;
  check(reach(shape, strides, room).has_value(),
        "{}: a tensor of type {}, shape {} and strides {} does not fit into the {} elements of its storage",
        name, name_of(type), shape, strides, room);
  // A stride of 0 repeats elements, so that a few bytes could ask for any amount of memory.
  check(shape.numel() <= std::max<int64_t>(static_cast<int64_t>(room), kMostRepeated),
        "{}: shape {} repeats the {} elements of its storage too often", name, shape, room);
  const bool as_it_is = type != StoredType::Bool && size_of(dtype_of(type)) == bytes;
  if (!as_it_is || offset % bytes != 0) {
    return copied(type, static_cast<const std::byte*>(storage->data()) + offset, shape, strides);
  }
  auto impl = std::make_shared<TensorImpl>();
  impl->storage = storage;
  impl->shape = shape;
  impl->strides = strides;
  impl->offset = static_cast<int64_t>(offset / bytes);
  impl->dtype = dtype_of(type);
  return Tensor(std::move(impl));
}

}  // namespace helder
