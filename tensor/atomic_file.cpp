#include "tensor/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <system_error>

#include "tensor/error.h"

namespace helder {
namespace {

// A name that no other AtomicFile uses at this time, in this process or another one.
std::filesystem::path temporary_beside(const std::filesystem::path& path) {
  static std::atomic<unsigned> counter = 0;
  std::filesystem::path temporary = path;
  temporary += fmt::format(".tmp-{}-{}", ::getpid(), counter++);
  return temporary;
}

// Makes a rename last: the directory is what holds the name. Some file systems cannot do it, and the file is
// complete either way, so that a failure here is none of the caller's business.
void sync_directory(const std::filesystem::path& file) {
  const std::filesystem::path directory = file.has_parent_path() ? file.parent_path() : ".";
  const int descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor >= 0) {
    ::fsync(descriptor);
    ::close(descriptor);
  }
}

}  // namespace

AtomicFile::AtomicFile(std::filesystem::path path) : path_(std::move(path)) {
  do {  // a crashed process with the same number may have left the name behind
    temporary_ = temporary_beside(path_);
    descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  } while (descriptor_ < 0 && errno == EEXIST);
  if (descriptor_ < 0) {
    fail_with("create");
  }
}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
  if (!committed_) {
    ::unlink(temporary_.c_str());
  }
}

void AtomicFile::write(std::span<const std::byte> bytes) {
  check(descriptor_ >= 0, "cannot write {}: it is committed", path_.string());
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) {
      fail_with("write");
    }
    bytes = bytes.subspan(static_cast<size_t>(std::max<ssize_t>(written, 0)));
  }
}

void AtomicFile::commit() {
  check(descriptor_ >= 0, "cannot commit {}: it is committed", path_.string());
  if (::fsync(descriptor_) != 0) {
    fail_with("write");
  }
  // The descriptor is gone even when close fails, so that it must not be closed again.
  if (::close(std::exchange(descriptor_, -1)) != 0) {
    fail_with("write");
  }
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) {
    fail_with("replace");
  }
  committed_ = true;
  sync_directory(path_);
}

void AtomicFile::fail_with(const char* action) const {
  fail("cannot {} {}: {}", action, path_.string(), std::generic_category().message(errno));
}

}  // namespace helder
