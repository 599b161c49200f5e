#include "tensor/npy.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <span>
#include <system_error>

#include "tensor/atomic_file.h"
#include "tensor/copy.h"
#include "tensor/factories.h"
#include "tensor/npy_header.h"
#include "tensor/views.h"

namespace helder {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";

// ---- reading
// ----------------------------------------------------------------------------------------------------

// A file of known size. Nothing is read, and no memory taken, beyond its end.
class Input {
 public:
  explicit Input(const std::filesystem::path& path) : name_("load_npy: " + path.string()) {
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    check(!std::filesystem::is_directory(status), "{}: is a directory", name_);
    file_.reset(std::fopen(path.c_str(), "rb"));
    check(file_ != nullptr, "{}: {}", name_, std::generic_category().message(errno));
    left_ = std::filesystem::file_size(path, error);
    check(!error, "{}: {}", name_, error.message());
  }

  const std::string& name() const { return name_; }
  uint64_t left() const { return left_; }

  void read(void* to, size_t bytes, const char* what) {
    check(bytes <= left_ && std::fread(to, 1, bytes, file_.get()) == bytes,
          "{}: the file ends within {} ({} bytes needed, {} there)", name_, what, bytes, left_);
    left_ -= bytes;
  }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::string name_;
  std::unique_ptr<std::FILE, Close> file_;
  uint64_t left_ = 0;
};

NpyHeader read_header(Input& input) {
  std::array<char, 8> start{};
  input.read(start.data(), kMagic.size(), "the magic number");
  check(std::string_view(start.data(), kMagic.size()) == kMagic, "{}: not a .npy file (wrong magic number)",
        input.name());
  std::array<uint8_t, 2> version{};
  input.read(version.data(), 2, "the version");
  check(version[0] >= 1 && version[0] <= 3 && version[1] == 0,
        "{}: format version {}.{} is not supported (1.0 to 3.0 are)", input.name(), version[0], version[1]);
  std::array<uint8_t, 4> length_bytes{};
  input.read(length_bytes.data(), version[0] == 1 ? 2 : 4, "the header's length");
  size_t length = 0;
  for (size_t i = 0; i < 4; ++i) {
    length |= size_t{length_bytes[i]} << (8 * i);
  }
  check(length <= input.left(), "{}: the file ends within the header ({} bytes needed, {} there)",
        input.name(), length, input.left());
  std::string text(length, '\0');
  input.read(text.data(), length, "the header");
  return parse_npy_header(text, input.name());
}

template <class T>
T with_bytes_reversed(T value) {
  std::array<std::byte, sizeof(T)> bytes;
  std::memcpy(bytes.data(), &value, sizeof(T));
  std::reverse(bytes.begin(), bytes.end());
  std::memcpy(&value, bytes.data(), sizeof(T));
  return value;
}

// The rest of the file, elements of type Stored, as a contiguous tensor of Result.
template <class Stored, class Result = Stored>
Tensor read_elements(Input& input, const Shape& shape, bool reverse_bytes) {
  check_sizes(input.name().c_str(), shape);
  const size_t count = static_cast<size_t>(shape.numel());
  check(count * sizeof(Stored) == input.left(), "{}: shape {} needs {} bytes of data, but the file has {}",
        input.name(), shape, count * sizeof(Stored), input.left());
  const Tensor result = empty(shape, dtype_of<Result>());
  Result* to = result.data<Result>();
  const auto read = [&](Stored* stored) {
    input.read(stored, count * sizeof(Stored), "the data");
    if (reverse_bytes) {
      std::transform(stored, stored + count, stored, with_bytes_reversed<Stored>);
    }
  };
  if constexpr (std::is_same_v<Stored, Result>) {
    read(to);
  } else {
    std::vector<Stored> stored(count);
    read(stored.data());
    std::transform(stored.begin(), stored.end(), to, [](Stored value) { return static_cast<Result>(value); });
  }
  return result;
}

Tensor read_data(Input& input, const std::string& descr, const Shape& shape) {
  const char order = descr.empty() ? '\0' : descr.front();
  check(std::string_view("<>|=").find(order) != std::string_view::npos, "{}: '{}' is not a type of elements",
        input.name(), descr);
  constexpr bool kLittleEndian = std::endian::native == std::endian::little;
  const bool reverse = order == (kLittleEndian ? '>' : '<');
  const std::string_view type = std::string_view(descr).substr(1);
  // A byte that is neither 0 nor 1 must not end up in a bool: booleans are read as numbers.
  if (type == "b1") return read_elements<uint8_t, bool>(input, shape, reverse);
  if (type == "u1") return read_elements<uint8_t>(input, shape, reverse);
  if (type == "i1") return read_elements<int8_t, int64_t>(input, shape, reverse);
  if (type == "u2") return read_elements<uint16_t, int64_t>(input, shape, reverse);
  if (type == "i2") return read_elements<int16_t, int64_t>(input, shape, reverse);
  if (type == "u4") return read_elements<uint32_t, int64_t>(input, shape, reverse);
  if (type == "i4") return read_elements<int32_t, int64_t>(input, shape, reverse);
  if (type == "i8") return read_elements<int64_t>(input, shape, reverse);
  if (type == "f2") return read_elements<Float16>(input, shape, reverse);
  if (type == "f4") return read_elements<float>(input, shape, reverse);
  if (type == "f8") return read_elements<double>(input, shape, reverse);
  check(!type.starts_with('O'), "{}: arrays of Python objects are not supported", input.name());
  fail("{}: elements of type '{}' are not supported", input.name(), descr);
}

// ---- writing
// ----------------------------------------------------------------------------------------------------

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
  Input input(path);
  const auto [descr, fortran_order, shape] = read_header(input);
  if (!fortran_order) {
    return read_data(input, descr, shape);
  }
  Shape reversed;
  Shape backwards;
  for (int d = shape.rank() - 1; d >= 0; --d) {
    reversed.push_back(shape[d]);
    backwards.push_back(d);
  }
  return contiguous_copy(views::permute(read_data(input, descr, reversed), backwards));
}

void save_npy(const std::filesystem::path& path, const Tensor& tensor) {
  const std::string header = npy_header_text({descr_of(tensor.dtype()), false, tensor.shape()});
  const Tensor dense = contiguous_copy(tensor);
  const std::array<char, 4> version_and_length = {1, 0, static_cast<char>(header.size() & 0xff),
                                                  static_cast<char>(header.size() >> 8)};
  AtomicFile file(path);
  file.write(std::as_bytes(std::span(kMagic)));
  file.write(std::as_bytes(std::span(version_and_length)));
  file.write(std::as_bytes(std::span(header)));
  file.write({static_cast<const std::byte*>(dense.raw_data()),
              static_cast<size_t>(dense.numel()) * size_of(dense.dtype())});
  file.commit();
}

}  // namespace helder
