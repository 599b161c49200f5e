#include "tensor/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "tensor/error.h"
#include "tensor/storage.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HELDER_ADDRESS_SANITIZER
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(HELDER_ADDRESS_SANITIZER)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, bytes) ((void)(address), (void)(bytes))
#define ASAN_UNPOISON_MEMORY_REGION(address, bytes) ((void)(address), (void)(bytes))
#endif

namespace helder {
namespace {

// What a mapping has behind the file's end: its last page is a whole one. The address sanitizer then finds
// whoever reads there.
std::span<std::byte> rest_of_page(std::span<std::byte> bytes) {
  const size_t page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  return {bytes.data() + bytes.size(), (page - bytes.size() % page) % page};
}

}  // namespace

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
  ASAN_POISON_MEMORY_REGION(rest_of_page(bytes_).data(), rest_of_page(bytes_).size());
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) {
    ASAN_UNPOISON_MEMORY_REGION(rest_of_page(bytes_).data(), rest_of_page(bytes_).size());
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
