#include "tensor/npy.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <span>

#include "tensor/atomic_file.h"
#include "tensor/copy.h"
#include "tensor/factories.h"
#include "tensor/mapped_file.h"
#include "tensor/npy_header.h"
#include "tensor/views.h"

namespace helder {
namespace {

// ---- reading ----

// What follows the header.
struct Data {
  const std::string& file;
  std::span<const std::byte> bytes;
};

template <class T>
T with_bytes_reversed(T value) {
  std::array<std::byte, sizeof(T)> bytes;
  std::memcpy(bytes.data(), &value, sizeof(T));
  std::reverse(bytes.begin(), bytes.end());
  std::memcpy(&value, bytes.data(), sizeof(T));
  return value;
}

// Elements of type Stored as a contiguous tensor of Result.
template <class Stored, class Result = Stored>
Tensor read_elements(const Data& data, const Shape& shape, bool reverse_bytes) {
  check_sizes(data.file.c_str(), shape);
  const size_t count = static_cast<size_t>(shape.numel());
  check(count * sizeof(Stored) == data.bytes.size(),
        "{}: shape {} needs {} bytes of data, but the file has {}", data.file, shape, count * sizeof(Stored),
        data.bytes.size());
  const Tensor result = empty(shape, dtype_of<Result>());
  Result* to = result.data<Result>();
  for (size_t i = 0; i < count; ++i) {
    Stored stored;
    std::memcpy(&stored, data.bytes.data() + i * sizeof(Stored), sizeof(Stored));
    to[i] = static_cast<Result>(reverse_bytes ? with_bytes_reversed(stored) : stored);
  }
  return result;
}

Tensor read_data(const Data& data, const std::string& descr, const Shape& shape) {
  const char order = descr.empty() ? '\0' : descr.front();
  check(std::string_view("<>|=").find(order) != std::string_view::npos, "{}: '{}' is not a type of elements",
        data.file, descr);
  constexpr bool kLittleEndian = std::endian::native == std::endian::little;
  const bool reverse = order == (kLittleEndian ? '>' : '<');
  const std::string_view type = std::string_view(descr).substr(1);
  // A byte that is neither 0 nor 1 must not end up in a bool: booleans are read as numbers.
  if (type == "b1") return read_elements<uint8_t, bool>(data, shape, reverse);
  if (type == "u1") return read_elements<uint8_t>(data, shape, reverse);
  if (type == "i1") return read_elements<int8_t, int64_t>(data, shape, reverse);
  if (type == "u2") return read_elements<uint16_t, int64_t>(data, shape, reverse);
  if (type == "i2") return read_elements<int16_t, int64_t>(data, shape, reverse);
  if (type == "u4") return read_elements<uint32_t, int64_t>(data, shape, reverse);
  if (type == "i4") return read_elements<int32_t, int64_t>(data, shape, reverse);
  if (type == "i8") return read_elements<int64_t>(data, shape, reverse);
  if (type == "f2") return read_elements<Float16>(data, shape, reverse);
  if (type == "f4") return read_elements<float>(data, shape, reverse);
  if (type == "f8") return read_elements<double>(data, shape, reverse);
  check(!type.starts_with('O'), "{}: arrays of Python objects are not supported", data.file);
  fail("{}: elements of type '{}' are not supported", data.file, descr);
}

// ---- writing ----

std::string descr_of(DType dtype) {
  const std::string order = std::endian::native == std::endian::little ? "<" : ">";
  switch (dtype) {
    case DType::Bool:
      return "|b1";
    case DType::UInt8:
      return "|u1";
    case DType::Int64:
      return order + "i8";
    case DType::Float16:
      return order + "f2";
    case DType::BFloat16:
      break;
    case DType::Float32:
      return order + "f4";
    case DType::Float64:
      return order + "f8";
  }
  fail("save_npy: NumPy has no {}; convert with .to(DType)", name_of(dtype));
}

}  // namespace

Tensor load_npy(const std::filesystem::path& path) {
  const std::string name = "load_npy: " + path.string();
  const MappedFile file(path, name);
  const NpyStart start = read_npy_start(file.bytes(), name);
  const auto& [descr, fortran_order, shape] = start.header;
  const Data data{name, file.bytes().subspan(start.bytes)};
  if (!fortran_order) {
    return read_data(data, descr, shape);
  }
  Shape reversed;
  Shape backwards;
  for (int d = shape.rank() - 1; d >= 0; --d) {
    reversed.push_back(shape[d]);
    backwards.push_back(d);
  }
  return contiguous_copy(views::permute(read_data(data, descr, reversed), backwards));
}

void save_npy(const std::filesystem::path& path, const Tensor& tensor) {
  const std::string header = npy_header_text({descr_of(tensor.dtype()), false, tensor.shape()});
  const Tensor dense = copied_to(contiguous_copy(tensor), Device::Cpu);
  const std::array<char, 4> version_and_length = {1, 0, static_cast<char>(header.size() & 0xff),
                                                  static_cast<char>(header.size() >> 8)};
  AtomicFile file(path);
  file.write(std::as_bytes(std::span(kNpyMagic)));
  file.write(std::as_bytes(std::span(version_and_length)));
  file.write(std::as_bytes(std::span(header)));
  file.write({static_cast<const std::byte*>(dense.raw_data()),
              static_cast<size_t>(dense.numel()) * size_of(dense.dtype())});
  file.commit();
}

}  // namespace helder
