#include "weights/npz.h"

#include <algorithm>
#include <array>
#include <utility>

#include "tensor/mapped_file.h"
#include "tensor/npy_header.h"

namespace helder {
namespace {

constexpr std::string_view kEnding = ".npy";

// NumPy pads the header of an array of any shape and simple type to 128 bytes; more than this is none.
constexpr uint64_t kMostHeader = 4096;

StoredType stored_type_of_descr(const std::string& descr, const std::string& file) {
  constexpr std::array kTypes = {std::pair{"f8", StoredType::F64}, std::pair{"f4", StoredType::F32},
                                 std::pair{"f2", StoredType::F16}, std::pair{"V2", StoredType::BF16},
                                 std::pair{"i8", StoredType::I64}, std::pair{"i4", StoredType::I32},
                                 std::pair{"i2", StoredType::I16}, std::pair{"i1", StoredType::I8},
                                 std::pair{"u1", StoredType::U8},  std::pair{"b1", StoredType::Bool}};
  if (!descr.empty()) {
    const std::string_view type = std::string_view(descr).substr(1);
    check(!type.starts_with('O'), "{}: arrays of Python objects are not supported", file);
    for (const auto& [name, stored] : kTypes) {
      const bool is_little_endian = descr[0] == '<' || descr[0] == '=' || descr[0] == '|';
      if (type == name && (is_little_endian || size_of(stored) == 1)) {
        return stored;
      }
    }
  }
  fail("{}: elements of type '{}' are not supported", file, descr);
}

// Row-major, or in Fortran's order: the first dimension is 1.
Shape strides_of(const NpyHeader& header) {
  if (!header.fortran_order) {
    return contiguous_strides(header.shape);
  }
  Shape reversed, strides;
  for (int d = header.shape.rank() - 1; d >= 0; --d) {
    reversed.push_back(header.shape[d]);
  }
  reversed = contiguous_strides(reversed);
  for (int d = header.shape.rank() - 1; d >= 0; --d) {
    strides.push_back(reversed[d]);
  }
  return strides;
}

std::span<const std::byte> bytes_of(const Storage& storage) {
  return {static_cast<const std::byte*>(storage.data()), storage.bytes()};
}

// What a header says, checked against the bytes that there are, header and data.
StoredTensor described(std::string name, const NpyStart& start, uint64_t file_bytes,
                       const std::string& file) {
  const Shape& shape = start.header.shape;
  const StoredType type = stored_type_of_descr(start.header.descr, file);
  check_sizes(file.c_str(), shape);
  const uint64_t needed = static_cast<uint64_t>(shape.numel()) * size_of(type);
  check(needed == file_bytes - start.bytes, "{}: shape {} needs {} bytes of data, but the file has {}", file,
        shape, needed, file_bytes - start.bytes);
  return {std::move(name), type, shape};
}

}  // namespace

NpzFile::NpzFile(const std::filesystem::path& path)
    : WeightFile("npz: " + path.string()), archive_(path, description()) {
  for (const ZipArchive::Entry& entry : archive_.entries()) {
    check(entry.name.size() > kEnding.size() && entry.name.ends_with(kEnding),
          "{}: '{}' in it is not a .npy file", description(), entry.name);
    const std::string file = fmt::format("{}: '{}'", description(), entry.name);
    const std::shared_ptr<Storage> beginning = archive_.beginning(entry, kMostHeader);
    const NpyStart start = read_npy_start(bytes_of(*beginning), file);
    const std::string name = entry.name.substr(0, entry.name.size() - kEnding.size());
    add(described(name, start, entry.size, file));
    arrays_.push_back({start.bytes, strides_of(start.header)});
  }
}

Tensor NpzFile::read(size_t index) const {
  const StoredTensor& tensor = tensors()[index];
  return stored_tensor(fmt::format("{}: '{}'", description(), tensor.name),
                       archive_.contents(archive_.entries()[index]), arrays_[index].data, tensor.type,
                       tensor.shape, arrays_[index].strides);
}

NpyFile::NpyFile(const std::filesystem::path& path)
    : WeightFile("npy: " + path.string()), file_(map_storage(path, description())) {
  const NpyStart start = read_npy_start(bytes_of(*file_), description());
  add(described(path.stem().string(), start, file_->bytes(), description()));
  data_ = start.bytes;
  strides_ = strides_of(start.header);
}

Tensor NpyFile::read(size_t) const {
  const StoredTensor& tensor = tensors().front();
  return stored_tensor(description(), file_, data_, tensor.type, tensor.shape, strides_);
}

}  // namespace helder
