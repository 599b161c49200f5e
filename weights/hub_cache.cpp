#include "weights/hub_cache.h"

#include <unistd.h>

#include <atomic>
#include <fstream>
#include <span>

#include "tensor/atomic_file.h"
#include "tensor/error.h"
#include "weights/hub_name.h"

namespace helder {
namespace {

namespace fs = std::filesystem;

std::string folder_name(std::string repository) {
  if (const size_t slash = repository.find('/'); slash != repository.npos) {
    repository.replace(slash, 1, "--");
  }
  return "models--" + repository;
}

}  // namespace

void make_folder_of(const fs::path& file) {
  std::error_code error;
  fs::create_directories(file.parent_path(), error);
  check(!error, "cannot make {}: {}", file.parent_path().string(), error.message());
}

HubCache::HubCache(const fs::path& root, const std::string& repository)
    : folder_(root / folder_name(repository)), locks_(root / ".locks" / folder_name(repository)) {}

std::optional<std::string> HubCache::commit_of(const std::string& revision) const {
  if (is_commit_hash(revision)) {
    return revision;
  }
  std::ifstream file(folder_ / "refs" / revision);
  std::string commit;
  file >> commit;
  return file && is_commit_hash(commit) ? std::optional(commit) : std::nullopt;
}

std::optional<fs::path> HubCache::find(const std::string& commit, const std::string& file) const {
  const fs::path path = pointer(commit, file);
  std::error_code ignored;
  return fs::is_regular_file(path, ignored) ? std::optional(path) : std::nullopt;
}

fs::path HubCache::link(const std::string& commit, const std::string& file, const std::string& etag) const {
  static std::atomic<unsigned> counter = 0;
  const fs::path path = pointer(commit, file);
  make_folder_of(path);
  fs::path temporary = path;
  temporary += fmt::format(".tmp-{}-{}", ::getpid(), counter++);
  std::error_code error;
  fs::remove(temporary, error);  // a crashed process with the same number may have left it behind
  fs::create_symlink(blob(etag).lexically_relative(path.parent_path()), temporary, error);
  if (!error) {
    fs::rename(temporary, path, error);
  }
  check(!error, "cannot make the link {}: {}", path.string(), error.message());
  return path;
}

void HubCache::remember(const std::string& revision, const std::string& commit) const {
  if (commit_of(revision) == commit) {
    return;
  }
  const fs::path path = folder_ / "refs" / revision;
  make_folder_of(path);
  AtomicFile file(path);
  file.write(std::as_bytes(std::span(commit)));
  file.commit();
}

}  // namespace helder
