#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

namespace helder {

class Storage;

/// A file's bytes as memory, read from the disk when they are touched. Writing to them changes this process's
/// view alone, never the file. Replacing the file by another one does not disturb a mapping of it.
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

}  // namespace helder
