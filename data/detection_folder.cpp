#include "data/detection_folder.h"

#include <set>

#include "data/coco_dataset.h"
#include "data/yolo_folder.h"
#include "tensor/error.h"

namespace helder {
namespace {

using Path = std::filesystem::path;

bool is_file(const Path& path) {
  std::error_code error;
  return std::filesystem::is_regular_file(path, error);
}

// The file with COCO's annotations of a part; empty where there is none.
Path coco_file(const Path& folder, const std::string& part) {
  std::set<Path> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "annotations", error)) {
    if (entry.path().extension() == ".json" &&
        entry.path().stem().string().starts_with("instances_" + part)) {
      files.insert(entry.path());
    }
  }
  check(files.size() < 2, "coco: {}: which is the part '{}', {} or {}?", folder.string(), part,
        files.empty() ? "" : files.begin()->filename().string(),
        files.empty() ? "" : files.rbegin()->filename().string());
  if (!files.empty()) {
    return *files.begin();
  }
  for (const Path& file : {folder / "annotations" / (part + ".json"), folder / (part + ".json"),
                           folder / part / "_annotations.coco.json"}) {
    if (is_file(file)) {
      return file;
    }
  }
  return {};
}

// The folder with the pictures of such a file.
Path coco_pictures(const Path& folder, const std::string& part, const Path& file) {
  const std::string stem = file.stem().string(), prefix = "instances_";
  const std::string name = stem.starts_with(prefix) ? stem.substr(prefix.size()) : part;
  for (const Path& pictures : {folder / name, folder / "images" / name, folder / "images"}) {
    std::error_code error;
    if (std::filesystem::is_directory(pictures, error)) {
      return pictures;
    }
  }
  fail("coco: {}: there is no folder with its pictures: neither {} nor images/{} nor images", file.string(),
       name, name);
}

}  // namespace

DetectionDataset load_detection_folder(const Path& folder, const std::string& part) {
  const Path file = coco_file(folder, part);
  return file.empty() ? load_yolo_folder(folder, part) : load_coco(file, coco_pictures(folder, part, file));
}

}  // namespace helder
