#include "examples/common/output_files.h"

#include <unistd.h>

#include <span>
#include <string>

#include "tensor/atomic_file.h"
#include "tensor/error.h"

namespace helder {

void check_output_path(const std::filesystem::path& path) {
  if (path.empty()) {
    return;
  }
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  check(std::filesystem::is_directory(folder), "cannot write {}: there is no folder {}", path.string(),
        folder.string());
  check(!std::filesystem::is_directory(path), "cannot write {}: it is a folder", path.string());
  check(access(folder.c_str(), W_OK) == 0, "cannot write {}: the folder {} may not be written to",
        path.string(), folder.string());
}

void write_text(const std::filesystem::path& path, const std::string& text) {
  AtomicFile file(path);
  file.write(std::as_bytes(std::span(text)));
  file.commit();
}

void write_json(const std::filesystem::path& path, const nlohmann::json& json) {
  write_text(path, json.dump(2) + "\n");
}

}  // namespace helder
