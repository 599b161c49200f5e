#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

namespace helder {

/// Replaces a file as a whole or not at all: writes go to a temporary file beside it, and `commit()` gives
/// that one the file's name. Whoever opens `path` sees the old contents or the new, also after a crash or a
/// power cut.
///
///   AtomicFile file(path);
///   file.write(bytes);
///   file.commit();
///
/// Without `commit()`, as when an exception passes, the old file stays and the temporary one is removed.
/// Every failure throws `Error` with the path and the system's reason. A symbolic link at `path` is replaced.
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::span<const std::byte> bytes);

  /// Brings the bytes to the disk, then renames. Nothing may be written afterwards.
  void commit();

 private:
  [[noreturn]] void fail_with(const char* action) const;  // the reason is in errno

  std::filesystem::path path_;
  std::filesystem::path temporary_;
  int descriptor_ = -1;
  bool committed_ = false;
};

}  // namespace helder
