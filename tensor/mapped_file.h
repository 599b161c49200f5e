#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

namespace helder {

class Storage;

/// A file's bytes as memory, read from the disk when they are touched. Writing to them changes this process's
/// view alone, never the file. Replacing the file by another one does not disturb a mapping of it; cutting
/// the very file short does: the system ends a process that touches bytes that are gone (SIGBUS).
///
/// Throws `Error`, starting with `name`, where `path` cannot be read or is not a regular file.
class MappedFile {
 public:
  MappedFile(const std::filesystem::path& path, const std::string& name);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<std::byte> bytes() const { return bytes_; }

 private:
  std::span<std::byte> bytes_;
};

/// All of a file as the storage of tensors; the mapping lives as long as one of them does.
std::shared_ptr<Storage> map_storage(const std::filesystem::path& path, const std::string& name);

/// A stretch of a storage, which has to lie in it, as a storage of its own: an in-place change to a tensor in
/// it does not count as one to tensors elsewhere in the file.
std::shared_ptr<Storage> part_of(const std::shared_ptr<Storage>& storage, uint64_t offset, uint64_t bytes);

}  // namespace helder
