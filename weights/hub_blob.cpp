#include "weights/hub_blob.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>
#include <vector>

#include "data/digest.h"
#include "tensor/error.h"

namespace helder {
namespace {

std::string system_reason() { return std::generic_category().message(errno); }

}  // namespace

FileLock::FileLock(const std::filesystem::path& path, const std::function<void()>& waiting) {
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0664);
  check(descriptor_ >= 0, "cannot open {}: {}", path.string(), system_reason());
  try {
    while (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
      check(errno == EWOULDBLOCK || errno == EINTR, "cannot lock {}: {}", path.string(), system_reason());
      waiting();
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  } catch (...) {
    ::close(descriptor_);
    throw;
  }
}

FileLock::~FileLock() { ::close(descriptor_); }

std::optional<SumKind> sum_kind_of(const std::string& etag) {
  const bool hexadecimal = etag.find_first_not_of("0123456789abcdef") == etag.npos;
  return !hexadecimal        ? std::nullopt
         : etag.size() == 64 ? std::optional(SumKind::Sha256)
         : etag.size() == 40 ? std::optional(SumKind::GitSha1)
                             : std::nullopt;
}

PartialBlob::PartialBlob(const std::filesystem::path& path) : path_(path), incomplete_(path) {
  incomplete_ += ".incomplete";
  descriptor_ = ::open(incomplete_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (descriptor_ < 0) {
    fail_with("create");
  }
  struct stat facts {};
  if (::fstat(descriptor_, &facts) != 0) {
    ::close(descriptor_);
    fail_with("read");
  }
  bytes_ = static_cast<uint64_t>(facts.st_size);
}

PartialBlob::~PartialBlob() {
  ::close(descriptor_);
  if (bytes_ == 0) {
    ::unlink(incomplete_.c_str());  // nothing of it is worth keeping; after complete() there is no such file
  }
}

void PartialBlob::append(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) {
      fail_with("write");
    }
    const size_t count = static_cast<size_t>(std::max<ssize_t>(written, 0));
    bytes = bytes.subspan(count);
    bytes_ += count;
  }
}

void PartialBlob::clear() {
  if (::ftruncate(descriptor_, 0) != 0) {
    fail_with("write");
  }
  bytes_ = 0;
}

std::string PartialBlob::sum(SumKind kind) const {
  Digest digest(kind == SumKind::Sha256 ? Digest::Kind::Sha256 : Digest::Kind::Sha1);
  if (kind == SumKind::GitSha1) {
    const std::string head = fmt::format("blob {}", bytes_);
    digest.add(std::as_bytes(std::span(head.c_str(), head.size() + 1)));  // with the zero at its end
  }
  std::vector<std::byte> piece(1 << 20);
  for (uint64_t done = 0; done < bytes_;) {
    const ssize_t count = ::pread(descriptor_, piece.data(), piece.size(), static_cast<off_t>(done));
    if (count < 0 && errno != EINTR) {
      fail_with("read");
    }
    check(count != 0, "cannot read {}: it has become shorter", incomplete_.string());
    const size_t bytes = static_cast<size_t>(std::max<ssize_t>(count, 0));
    digest.add(std::span(piece).first(bytes));
    done += bytes;
  }
  return digest.hex();
}

void PartialBlob::complete() {
  if (::fsync(descriptor_) != 0) {
    fail_with("write");
  }
  if (::rename(incomplete_.c_str(), path_.c_str()) != 0) {
    fail_with("replace");
  }
}

void PartialBlob::remove() {
  ::unlink(incomplete_.c_str());
  bytes_ = 0;
}

void PartialBlob::fail_with(const char* action) const {
  fail("cannot {} {}: {}", action, incomplete_.string(), system_reason());
}

}  // namespace helder
