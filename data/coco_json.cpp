#include "data/coco_json.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "tensor/error.h"
#include "tensor/mapped_file.h"

namespace helder {
namespace {

using Json = nlohmann::json;

Json parse(const std::filesystem::path& path, const std::string& name) {
  const MappedFile file(path, name);
  const auto* text = reinterpret_cast<const char*>(file.bytes().data());
  try {
    return Json::parse(text, text + file.bytes().size());
  } catch (const Json::exception& error) {
    fail("{}: not JSON: {}", name, error.what());
  }
}

/// An object in a file, and what messages call it: `coco: t.json: annotations[3]`.
struct Element {
  const Json& json;
  std::string place;

  const Json& member(const char* key) const {
    check(json.is_object() && json.contains(key), "{}: '{}' is missing", place, key);
    return json.at(key);
  }
  int64_t integer(const char* key) const {
    const Json& value = member(key);
    check(value.is_number_integer(), "{}: '{}' is not a whole number", place, key);
    return value.get<int64_t>();
  }
  double number(const char* key) const { return as_number(member(key), key); }
  double as_number(const Json& value, const char* key) const {
    check(value.is_number() && std::isfinite(value.get<double>()), "{}: '{}' is not a number", place, key);
    return value.get<double>();
  }
  std::string text(const char* key) const {
    const Json& value = member(key);
    check(value.is_string(), "{}: '{}' is not a string", place, key);
    return value.get<std::string>();
  }
  std::array<double, 4> box() const {
    const Json& value = member("bbox");
    check(value.is_array() && value.size() == 4, "{}: 'bbox' is not a list of four numbers", place);
    std::array<double, 4> numbers{};
    for (size_t i = 0; i < 4; ++i) {
      numbers[i] = as_number(value[i], "bbox");
    }
    check(numbers[2] >= 0 && numbers[3] >= 0, "{}: a 'bbox' of {} x {} is none", place, numbers[2],
          numbers[3]);
    return numbers;
  }
};

// Calls body for each element of a list.
template <class Body>
void each(const Json& list, const std::string& place, const Body& body) {
  check(list.is_array(), "{} is not a list", place);
  for (size_t i = 0; i < list.size(); ++i) {
    body(Element{list[i], fmt::format("{}[{}]", place, i)});
  }
}

// The number of one of those that are there.
template <class T>
int64_t known(const Element& element, const char* key, const std::map<int64_t, T>& there) {
  const int64_t id = element.integer(key);
  check(there.count(id) > 0, "{}: there is no {} {}", element.place, key, id);
  return id;
}

// Numbers must not repeat: of two classes 1, which would a box be of?
template <class T>
void add_numbered(const Element& element, std::map<int64_t, T>& to, T value) {
  const int64_t id = element.integer("id");
  check(to.emplace(id, std::move(value)).second, "{}: 'id' {} is there a second time", element.place, id);
}

int64_t side(const Element& image, const char* key) {
  if (!image.json.contains(key)) {
    return 0;
  }
  const int64_t pixels = image.integer(key);
  check(pixels > 0, "{}: '{}' is {}", image.place, key, pixels);
  return pixels;
}

CocoImage image_of(const Element& image) {
  return {.file = image.json.contains("file_name") ? image.text("file_name") : "",
          .height = side(image, "height"),
          .width = side(image, "width"),
          .place = image.place};
}

}  // namespace

CocoTruth load_coco_truth(const std::filesystem::path& path) {
  const std::string name = "coco: " + path.string();
  const Json json = parse(path, name);
  const Element file{json, name};
  CocoTruth truth;
  each(file.member("images"), name + ": images",
       [&](const Element& image) { add_numbered(image, truth.images, image_of(image)); });
  each(file.member("categories"), name + ": categories",
       [&](const Element& category) { add_numbered(category, truth.categories, category.text("name")); });
  each(file.member("annotations"), name + ": annotations", [&](const Element& box) {
    TruthBox one{.image = known(box, "image_id", truth.images),
                 .category = known(box, "category_id", truth.categories),
                 .box_xywh = box.box()};
    one.area = box.json.contains("area") ? box.number("area") : one.box_xywh[2] * one.box_xywh[3];
    one.crowd = box.json.contains("iscrowd") && box.integer("iscrowd") != 0;
    truth.boxes.push_back(one);
  });
  return truth;
}

std::vector<DetectedBox> load_coco_detections(const std::filesystem::path& path, const CocoTruth& truth) {
  const std::string name = "coco: " + path.string();
  const Json json = parse(path, name);
  std::vector<DetectedBox> found;
  each(json, name + ": detections", [&](const Element& box) {
    found.push_back({.image = known(box, "image_id", truth.images),
                     .category = known(box, "category_id", truth.categories),
                     .box_xywh = box.box(),
                     .score = box.number("score")});
  });
  return found;
}

}  // namespace helder
