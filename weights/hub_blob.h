#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>

namespace helder {

/// Holds the lock of a file (flock(2), which ends with the process) from construction on, as
/// huggingface_hub does; waits for whoever has it, calling `waiting` meanwhile. The file stays.
class FileLock {
 public:
  FileLock(const std::filesystem::path& path, const std::function<void()>& waiting);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int descriptor_ = -1;
};

/// What an etag of the Hub is the sum of.
enum class SumKind : uint8_t {
  Sha256,   ///< of the file: one that lies in large file storage
  GitSha1,  ///< of the word `blob`, the file's size and the file: one that lies in git itself
};

/// By its length; nothing for the etag of another kind of server.
std::optional<SumKind> sum_kind_of(const std::string& etag);

/// A file on its way to `path`, in `<path>.incomplete`: what is there of it stays until it is complete.
class PartialBlob {
 public:
  explicit PartialBlob(const std::filesystem::path& path);
  ~PartialBlob();
  PartialBlob(const PartialBlob&) = delete;
  PartialBlob& operator=(const PartialBlob&) = delete;

  uint64_t bytes() const { return bytes_; }
  void append(std::span<const std::byte> bytes);
  void clear();

  /// Of all that is there.
  std::string sum(SumKind kind) const;

  /// Brings it to the disk and gives it its name; nothing may follow.
  void complete();
  void remove();

 private:
  [[noreturn]] void fail_with(const char* action) const;  // the reason is in errno

  std::filesystem::path path_, incomplete_;
  int descriptor_ = -1;
  uint64_t bytes_ = 0;
};

}  // namespace helder
