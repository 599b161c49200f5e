#include "weights/safetensors.h"

#include <cstring>

#include "tensor/mapped_file.h"
#include "weights/safetensors_header.h"

namespace helder {

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path)
    : WeightFile("safetensors: " + path.string()) {
  const std::shared_ptr<Storage> file = map_storage(path, description());
  constexpr uint64_t kLengthBytes = SafetensorsHeader::kLengthBytes;
  check(file->bytes() >= kLengthBytes,
        "{}: the file is cut short: it has {} bytes, and the header's length alone takes {}", description(),
        file->bytes(), kLengthBytes);
  uint64_t length = 0;
  std::memcpy(&length, file->data(), sizeof length);
  check(length <= SafetensorsHeader::kMaxBytes,
        "{}: not a safetensors file: a header of {} bytes (at most {} are allowed)", description(), length,
        SafetensorsHeader::kMaxBytes);
  const uint64_t data = kLengthBytes + length;
  check(data <= file->bytes(), "{}: the file is cut short: its header takes {} bytes, and there are {}",
        description(), data, file->bytes());

  const std::string_view text(static_cast<const char*>(file->data()) + kLengthBytes, length);
  SafetensorsHeader header = parse_safetensors_header(text, file->bytes() - data, description());
  metadata_ = std::move(header.metadata);
  for (SafetensorsHeader::Entry& entry : header.entries) {
    parts_.push_back(part_of(file, data + entry.begin, entry.end - entry.begin));
    add(std::move(entry.tensor));
  }
}

Tensor SafetensorsFile::read(size_t index) const {
  const StoredTensor& tensor = tensors()[index];
  return stored_tensor(description(), parts_[index], 0, tensor.type, tensor.shape,
                       contiguous_strides(tensor.shape));
}

}  // namespace helder
