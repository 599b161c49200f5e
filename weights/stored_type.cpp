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

// The first `count` elements from there on, as a row of the type in which they are read.
template <class Stored, class Result = Stored>
Tensor read_elements(const std::byte* from, int64_t count) {
  const Tensor row = empty({count}, dtype_of<Result>());
  Result* to = row.data<Result>();
  for (int64_t i = 0; i < count; ++i) {
    Stored value;
    std::memcpy(&value, from + i * static_cast<int64_t>(sizeof(Stored)), sizeof value);
    to[i] = static_cast<Result>(value);
  }
  return row;
}

Tensor read_elements(StoredType type, const std::byte* from, int64_t count) {
  switch (type) {
    case StoredType::F64:
      return read_elements<double>(from, count);
    case StoredType::F32:
      return read_elements<float>(from, count);
    case StoredType::F16:
      return read_elements<Float16>(from, count);
    case StoredType::BF16:
      return read_elements<BFloat16>(from, count);
    case StoredType::I64:
      return read_elements<int64_t>(from, count);
    case StoredType::I32:
      return read_elements<int32_t, int64_t>(from, count);
    case StoredType::I16:
      return read_elements<int16_t, int64_t>(from, count);
    case StoredType::I8:
      return read_elements<int8_t, int64_t>(from, count);
    case StoredType::U8:
      return read_elements<uint8_t>(from, count);
    case StoredType::Bool:
      break;
  }
  return read_elements<uint8_t, bool>(from, count);
}

bool is_multiple(const void* address, uint64_t offset, size_t bytes) {
  return reinterpret_cast<uintptr_t>(address) % bytes == 0 && offset % bytes == 0;
}

}  // namespace

std::string_view name_of(StoredType type) { return row_of(type).name; }
size_t size_of(StoredType type) { return row_of(type).bytes; }
DType dtype_of(StoredType type) { return row_of(type).dtype; }

std::string_view dtype_name(StoredType type) {
  switch (type) {
    case StoredType::I32:
      return "int32";
    case StoredType::I16:
      return "int16";
    case StoredType::I8:
      return "int8";
    default:  // the types that are read as what they are
      return name_of(dtype_of(type));
  }
}

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

void check_stored_tensor(const std::string& name, uint64_t storage_bytes, uint64_t offset, StoredType type,
                         const Shape& shape, const Shape& strides) {
  check_sizes(name.c_str(), shape);
  check(shape.rank() == strides.rank(), "{}: shape {} and strides {} differ in length", name, shape, strides);
  if (shape.numel() == 0) {
    return;
  }
  const uint64_t room = offset <= storage_bytes ? (storage_bytes - offset) / size_of(type) : 0;
  check(reach(shape, strides, room).has_value(),
        "{}: a tensor of type {}, shape {} and strides {} does not fit into the {} elements of its storage",
        name, name_of(type), shape, strides, room);
  // A stride of 0 repeats elements: a few bytes could ask for any amount of memory from whoever copies them.
  check(shape.numel() <= std::max<int64_t>(static_cast<int64_t>(room), kMostRepeated),
        "{}: shape {} repeats the {} elements of its storage too often", name, shape, room);
}

Tensor stored_tensor(const std::string& name, const std::shared_ptr<Storage>& storage, uint64_t offset,
                     StoredType type, const Shape& shape, const Shape& strides) {
  check_stored_tensor(name, storage->bytes(), offset, type, shape, strides);
  const uint64_t bytes = size_of(type);
  if (shape.numel() == 0) {
    return empty(shape, dtype_of(type));
  }
  const uint64_t reached = *reach(shape, strides, storage->bytes() / bytes);

  auto impl = std::make_shared<TensorImpl>();
  impl->shape = shape;
  for (int d = 0; d < shape.rank(); ++d) {  // one element has no next one: its stride may be any number
    impl->strides.push_back(shape[d] == 1 ? 1 : strides[d]);
  }
  impl->dtype = dtype_of(type);
  const bool as_it_is = type != StoredType::Bool && size_of(impl->dtype) == bytes;
  if (as_it_is && is_multiple(storage->data(), offset, bytes)) {
    impl->storage = storage;
    impl->offset = static_cast<int64_t>(offset / bytes);
  } else {
    const std::byte* from = static_cast<const std::byte*>(storage->data()) + offset;
    impl->storage = read_elements(type, from, static_cast<int64_t>(reached)).impl()->storage;
  }
  return Tensor(std::move(impl));
}

}  // namespace helder
