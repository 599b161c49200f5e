#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tensor/storage.h"

namespace helder {

/// A zip file in mapped memory: what `.npz` and `.pth` files are. Entries that are stored as they are can be
/// used where they lie; those packed by deflate are unpacked when they are asked for. Zip64 (more than 4 GiB,
/// or than 65,535 entries) is read, several disks and encryption are not.
///
/// Opening reads the directory at the file's end and checks all of it: no entry may lie outside the file or
/// inside another one, have another one's name, or promise to unpack into more than deflate can hold. Throws
/// `Error`, starting with `name`.
class ZipArchive {
 public:
  struct Entry {
    std::string name;
    uint64_t size = 0;         ///< bytes, unpacked
    uint64_t packed_size = 0;  ///< bytes in the file
    uint16_t method = 0;       ///< 0: stored as it is, 8: deflate; others cannot be read
    uint16_t flags = 0;        ///< bit 0: encrypted
    uint32_t crc = 0;          ///< of the unpacked bytes
    uint64_t header = 0;       ///< where its local header begins in the file ...
    uint64_t limit = 0;        ///< ... and where the next entry or the directory does
  };

  ZipArchive(std::shared_ptr<Storage> file, std::string name);
  ZipArchive(const std::filesystem::path& path, const std::string& name);

  /// In the order of the directory.
  const std::vector<Entry>& entries() const { return entries_; }
  /// Null where there is none of that name.
  const Entry* find(std::string_view name) const;

  /// An entry's bytes: a part of the mapped file, which lives as long as the result does, or, unpacked, new
  /// memory. What was unpacked has the right checksum; a stored entry's is not computed. Mind the alignment:
  /// a stored entry may begin at any address.
  std::shared_ptr<Storage> contents(const Entry& entry) const { return beginning(entry, entry.size); }
  /// No more than its first `most` bytes, for whoever wants to see a header before taking memory for all. A
  /// part has no checksum.
  std::shared_ptr<Storage> beginning(const Entry& entry, uint64_t most) const;

 private:
  struct Directory {
    uint64_t offset = 0, bytes = 0, count = 0;
  };
  Directory find_directory() const;
  Directory read_zip64_end(uint64_t locator) const;
  void read_directory(const Directory& directory);
  void check_layout(uint64_t directory_offset);
  std::shared_ptr<Storage> inflated(const Entry& entry, uint64_t offset, uint64_t bytes) const;

  std::shared_ptr<Storage> file_;
  std::string name_;  // what messages start with
  std::vector<Entry> entries_;
  std::map<std::string, size_t, std::less<>> places_;
};

/// Whether a file that begins with these bytes may be a zip archive.
bool looks_like_zip(std::string_view start);

}  // namespace helder
