#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "tensor/copy.h"
#include "tensor/factories.h"
#include "weights/weight_file.h"

namespace helder::fuzz {

/// A file in memory that is always the same: readers take paths.
class InputFile {
 public:
  InputFile() : descriptor_(::memfd_create("fuzz", 0)) {}
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;
  ~InputFile() { ::close(descriptor_); }

  std::filesystem::path with(std::string_view bytes) const {
    const auto size = static_cast<off_t>(bytes.size());
    if (::ftruncate(descriptor_, size) != 0 || ::pwrite(descriptor_, bytes.data(), bytes.size(), 0) != size) {
      std::abort();
    }
    return "/proc/self/fd/" + std::to_string(descriptor_);
  }

 private:
  int descriptor_;
};

inline std::string_view text_of(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Reads every element, so that the sanitizers see each byte that a tensor shows.
inline void touch(const Tensor& tensor) {
  constexpr int64_t kMany = 1 << 20;  // strides of 0 may repeat a few bytes many times
  if (tensor.numel() < kMany) {
    copy_elements(empty(tensor.shape(), tensor.dtype()), tensor);
  }
}

/// Opens a weight file and reads all that is in it. It may throw Error, and nothing else.
template <class File>
void read_all(const std::filesystem::path& path) {
  try {
    const File file(path);
    for (const StoredTensor& stored : file.tensors()) {
      try {
        const Tensor tensor = file.tensor(stored.name);
        if (tensor.shape() != stored.shape || tensor.dtype() != dtype_of(stored.type)) {
          std::abort();  // not what was promised
        }
        touch(tensor);
      } catch (const Error&) {
      }
    }
  } catch (const Error&) {
  }
}

}  // namespace helder::fuzz
