#include "data/coco_dataset.h"

#include <algorithm>
#include <map>

#include "data/coco_json.h"
#include "data/image.h"

namespace helder {
namespace {

BoxedPicture picture_of(const CocoImage& image, const std::filesystem::path& folder) {
  check(!image.file.empty(), "{}: 'file_name' is missing", image.place);
  const std::filesystem::path path = folder / image.file;
  std::error_code error;
  check(std::filesystem::is_regular_file(path, error), "{}: there is no picture {}", image.place,
        path.string());
  return {.name = image.file,
          .load =
              [path, image] {
                const Tensor pixels = load_image(path);
                check(image.width == 0 || image.width == pixels.size(2),
                      "{}: 'width' is {}, but {} has {} pixels", image.place, image.width, path.string(),
                      pixels.size(2));
                check(image.height == 0 || image.height == pixels.size(1),
                      "{}: 'height' is {}, but {} has {} pixels", image.place, image.height, path.string(),
                      pixels.size(1));
                return pixels;
              },
          .boxes = {}};
}

std::array<double, 4> corners_of(const std::array<double, 4>& box_xywh, const CocoImage& image) {
  const auto [left, top, width, height] = box_xywh;
  const auto inside = [](double x, int64_t size) {
    return size == 0 ? x : std::clamp(x, 0.0, static_cast<double>(size));
  };
  return {inside(left, image.width), inside(top, image.height), inside(left + width, image.width),
          inside(top + height, image.height)};
}

}  // namespace

DetectionDataset load_coco(const std::filesystem::path& annotations, const std::filesystem::path& pictures) {
  const CocoTruth truth = load_coco_truth(annotations);
  DetectionDataset dataset{.name = annotations.stem().string(), .classes = {}, .pictures = {}};
  std::map<int64_t, int64_t> labels;  // by COCO's number of the class
  for (const auto& [category, name] : truth.categories) {
    labels.emplace(category, static_cast<int64_t>(dataset.classes.size()));
    dataset.classes.push_back(name);
  }
  std::map<int64_t, size_t> places;  // in the list, by COCO's number of the picture
  for (const auto& [number, image] : truth.images) {
    places.emplace(number, dataset.pictures.size());
    dataset.pictures.push_back(picture_of(image, pictures));
  }
  for (const TruthBox& box : truth.boxes) {
    const std::array<double, 4> corners = corners_of(box.box_xywh, truth.images.at(box.image));
    if (corners[0] < corners[2] && corners[1] < corners[3]) {
      dataset.pictures[places.at(box.image)].boxes.push_back(
          {.box_xyxy = corners, .label = labels.at(box.category), .area = box.area, .crowd = box.crowd});
    }
  }
  return dataset;
}

}  // namespace helder
