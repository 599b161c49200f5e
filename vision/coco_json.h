#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "vision/detection_metrics.h"

namespace helder {

/// COCO's annotations of boxes: what is in which picture.
struct CocoTruth {
  std::vector<TruthBox> boxes;
  std::map<int64_t, std::string> categories;  ///< names by number
  std::map<int64_t, std::string> images;      ///< file names by number
};

/// A JSON file with `images` (`id`, `file_name`), `categories` (`id`, `name`) and `annotations` (`image_id`,
/// `category_id`, `bbox`: left, top, width, height; `area`, by default the box's; `iscrowd`). Throws, with
/// the file and the element's place in it, where something is missing or names a picture or class that is not
/// there.
CocoTruth load_coco_truth(const std::filesystem::path& path);

/// COCO's results: a JSON list of `image_id`, `category_id`, `bbox`, `score`. Pictures must be those of
/// `truth`.
std::vector<DetectedBox> load_coco_detections(const std::filesystem::path& path, const CocoTruth& truth);

}  // namespace helder
