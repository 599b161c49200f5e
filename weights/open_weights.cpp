#include <algorithm>

#include "tensor/mapped_file.h"
#include "tensor/npy_header.h"
#include "tensor/zip_archive.h"
#include "weights/npz.h"
#include "weights/safetensors.h"
#include "weights/sharded_safetensors.h"
#include "weights/weight_file.h"

namespace helder {
namespace {

// 8 bytes, the length of a JSON object, and its brace. No length is so large that its last byte is not 0, and
// no text has that byte.
bool looks_like_safetensors(std::string_view start) {
  return start.size() > 8 && start[7] == '\0' && start[8] == '{';
}

bool looks_like_json(std::string_view start) {
  const size_t first = start.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && start[first] == '{';
}

bool holds_arrays(const ZipArchive& archive) {
  return std::any_of(archive.entries().begin(), archive.entries().end(),
                     [](const ZipArchive::Entry& entry) { return entry.name.ends_with(".npy"); });
}

}  // namespace

std::unique_ptr<WeightFile> open_weights(const std::filesystem::path& path) {
  const std::string name = "weights: " + path.string();
  const MappedFile file(path, name);
  const std::string_view start(reinterpret_cast<const char*>(file.bytes().data()),
                               std::min<size_t>(file.bytes().size(), 64));
  if (start.starts_with(kNpyMagic)) {
    return std::make_unique<NpyFile>(path);
  }
  if (looks_like_zip(start)) {
    check(holds_arrays(ZipArchive(path, name)), "{}: a zip archive without .npy files in it", name);
    return std::make_unique<NpzFile>(path);
  }
  if (looks_like_safetensors(start)) {
    return std::make_unique<SafetensorsFile>(path);
  }
  if (looks_like_json(start)) {
    return std::make_unique<ShardedSafetensors>(path);
  }
  fail(
      "{}: it does not begin like any weight file that is supported (safetensors, an index of them, .npy, "
      ".npz)",
      name);
}

}  // namespace helder
