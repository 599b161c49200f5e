#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "data/coco_boxes.h"

namespace helder {

struct CocoImage {
  std::string file;               ///< its name; empty where the file has none
  int64_t height = 0, width = 0;  ///< 0 where the file says nothing of it
  std::string place;              ///< for messages: `coco: truth.json: images[3]`
};

/// COCO's annotations of boxes: what is in which picture.
struct CocoTruth {
  std::vector<TruthBox> boxes;
  std::map<int64_t, std::string> categories;  ///< names by number
  std::map<int64_t, CocoImage> images;        ///< by number
};

/// A JSON file with `images` (`id`, `file_name`, `height`, `width`), `categories` (`id`, `name`) and
/// `annotations` (`image_id`, `category_id`, `bbox`: left, top, width, height; `area`, by default the box's;
/// `iscrowd`). Throws, with the file and the element's place in it, where something is missing, is there
/// twice, or names a picture or class that is not there.
CocoTruth load_coco_truth(const std::filesystem::path& path);

/// COCO's results: a JSON list of `image_id`, `category_id`, `bbox`, `score`. Pictures must be those of
/// `truth`.
std::vector<DetectedBox> load_coco_detections(const std::filesystem::path& path, const CocoTruth& truth);

}  // namespace helder
