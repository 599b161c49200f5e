#include "tensor/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "tensor/error.h"
#include "tensor/storage.h"

namespace helder {

MappedFile::MappedFile(const std::filesystem::path& path, const std::string& name) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  check(!std::filesystem::is_directory(status), "{}: is a directory", name);
  check(!std::filesystem::exists(status) || std::filesystem::is_regular_file(status),
        "{}: is not a regular file", name);
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  check(descriptor >= 0, "{}: {}", name, std::generic_category().message(errno));
  struct stat information {};
  void* memory = nullptr;
  bool good = ::fstat(descriptor, &information) == 0;
  if (good && information.st_size > 0) {  // no bytes cannot be mapped
    // NORESERVE: a file larger than memory may be read as well.
    memory = ::mmap(nullptr, static_cast<size_t>(information.st_size), PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_NORESERVE, descriptor, 0);
    good = memory != MAP_FAILED;
  }
  const int reason = errno;
  ::close(descriptor);  // the mapping outlives it
  check(good, "{}: {}", name, std::generic_category().message(reason));
  bytes_ = {static_cast<std::byte*>(memory), static_cast<size_t>(information.st_size)};
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) {
    ::munmap(bytes_.data(), bytes_.size());
  }
}

std::shared_ptr<Storage> map_storage(const std::filesystem::path& path, const std::string& name) {
  const auto file = std::make_shared<MappedFile>(path, name);
  return std::make_shared<Storage>(file->bytes().data(), file->bytes().size(), file);
}

std::shared_ptr<Storage> part_of(const std::shared_ptr<Storage>& storage, uint64_t offset, uint64_t bytes) {
  check(offset <= storage->bytes() && bytes <= storage->bytes() - offset,
        "part_of: bytes {} to {} of a storage of {}", offset, offset + bytes, storage->bytes());
  return std::make_shared<Storage>(static_cast<std::byte*>(storage->data()) + offset,
                                   static_cast<size_t>(bytes), storage);
}

}  // namespace helder
