#include "data/yolo_folder.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "data/image.h"
#include "data/names_file.h"
#include "data/text_lines.h"
#include "data/yolo_yaml.h"

namespace helder {
namespace {

using Path = std::filesystem::path;

bool is_folder(const Path& path) {
  std::error_code error;
  return std::filesystem::is_directory(path, error);
}

// The files of a folder that end so, in the order of their names.
std::vector<Path> files_with(const Path& folder, const std::string& extension) {
  std::vector<Path> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() == extension) {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

// ---- what the folder is called, holds and means ----

struct Folder {
  Path root;
  std::optional<YoloYaml> yaml = {};
  std::vector<std::string> names;
};

Folder read_yaml(const Path& file) {
  YoloYaml yaml = load_yolo_yaml(file);
  // `path` is often a place on the machine that the set comes from: the file's own folder then.
  const Path beside = file.parent_path(), named = beside / yaml.root;
  return {is_folder(named) ? named : beside, yaml, yaml.names};
}

Folder open_folder(const Path& path) {
  std::error_code error;
  check(std::filesystem::exists(path, error), "yolo: {}: No such file or directory", path.string());
  if (!is_folder(path)) {
    return read_yaml(path);
  }
  const std::vector<Path> yamls = files_with(path, ".yaml"), names = files_with(path, ".names");
  if (std::filesystem::exists(path / "data.yaml", error)) {
    return read_yaml(path / "data.yaml");
  }
  check(yamls.size() < 2, "yolo: {}: which is it, {} or {}? Name the file", path.string(),
        yamls.empty() ? "" : yamls.front().filename().string(),
        yamls.empty() ? "" : yamls.back().filename().string());
  if (yamls.size() == 1) {
    return read_yaml(yamls.front());
  }
  if (names.size() == 1) {
    return {.root = path, .names = load_names(names.front())};
  }
  check(std::filesystem::exists(path / "classes.txt", error),
        "yolo: {}: nothing names the classes: there is no data.yaml, no single *.names, no classes.txt",
        path.string());
  return {.root = path, .names = load_names(path / "classes.txt")};
}

// A place that the yaml file names. Some files say ../train/images and mean train/images.
Path place_of(const Folder& folder, const std::string& place, const std::string& where) {
  std::error_code error;
  for (const std::string& tried : {place, place.starts_with("../") ? place.substr(3) : place}) {
    if (std::filesystem::exists(folder.root / tried, error)) {
      return folder.root / tried;
    }
  }
  fail("{}: there is no {}", where, (folder.root / place).string());
}

std::vector<Path> places_of(const Folder& folder, const std::string& part) {
  if (part.empty()) {
    return {is_folder(folder.root / "images") ? folder.root / "images" : folder.root};
  }
  if (folder.yaml) {
    for (const YoloYaml::Part& one : folder.yaml->parts) {
      if (one.name == part) {
        std::vector<Path> places;
        for (const std::string& place : one.places) {
          places.push_back(place_of(folder, place, one.where));
        }
        return places;
      }
    }
  }
  for (const Path& place : {folder.root / "images" / part, folder.root / part / "images"}) {
    if (is_folder(place)) {
      return {place};
    }
  }
  fail("yolo: {}: there is no part '{}': neither images/{} nor {}/images{}", folder.root.string(), part, part,
       part, folder.yaml ? ", nor does the yaml file name it" : "");
}

// The pictures in a folder, at any depth, or of a list.
std::vector<Path> pictures_in(const Folder& folder, const Path& place) {
  std::vector<Path> pictures;
  if (!is_folder(place)) {
    const std::string name = "yolo: " + place.string();
    const std::vector<std::string> lines = load_lines(place, name);
    for (size_t i = 0; i < lines.size(); ++i) {
      const std::string_view line = trimmed(lines[i]);
      if (!line.empty()) {
        pictures.push_back(place_of(folder, std::string(line), fmt::format("{}:{}", name, i + 1)));
      }
    }
    return pictures;
  }
  std::error_code error;
  std::filesystem::recursive_directory_iterator at(
      place, std::filesystem::directory_options::follow_directory_symlink, error);
  for (; !error && at != std::filesystem::recursive_directory_iterator(); at.increment(error)) {
    std::error_code ignored;
    const bool hidden = at->path().filename().string().starts_with('.');
    if (!hidden && has_image_extension(at->path()) && at->is_regular_file(ignored)) {
      pictures.push_back(at->path());
    }
  }
  check(!error, "yolo: {}: {}", place.string(), error.message());
  std::sort(pictures.begin(), pictures.end());
  return pictures;
}

// ---- the boxes of a picture ----

// images/a/1.jpg -> labels/a/1.txt, by the last folder of that name.
Path label_file_of(const Path& picture) {
  std::vector<Path> parts(picture.begin(), picture.end());
  for (size_t i = parts.size(); i-- > 0;) {
    if (parts[i] == "images") {
      parts[i] = "labels";
      break;
    }
  }
  Path file;
  for (const Path& part : parts) {
    file /= part;
  }
  return file.replace_extension(".txt");
}

template <class T>
T number(std::string_view word, const std::string& where, const char* what) {
  T value = 0;
  const char* end = word.data() + word.size();
  const auto [rest, error] = std::from_chars(word.data(), end, value);
  check(error == std::errc() && rest == end, "{}: {} is not a {}: '{}'", where, what,
        std::is_integral_v<T> ? "whole number" : "number", word.substr(0, 30));
  return value;
}

LabelledBox box_of(std::string_view line, const std::string& where, size_t classes, const ImageSize& size) {
  const std::vector<std::string_view> words = words_of(line);
  check(words.size() == 5, "{}: expected class, cx, cy, width and height, got {} words", where, words.size());
  const auto label = number<int64_t>(words[0], where, "the class");
  check(label >= 0 && label < static_cast<int64_t>(classes), "{}: class {} of {}, from 0", where, label,
        classes);
  constexpr std::array kFields = {"cx", "cy", "width", "height"};
  std::array<double, 4> relative{};
  for (size_t i = 0; i < 4; ++i) {
    relative[i] = number<double>(words[i + 1], where, kFields[i]);
    check(relative[i] >= 0 && relative[i] <= 1 && (i < 2 || relative[i] > 0),
          "{}: {} is {}, but it is a part of the picture's {}, from 0 to 1", where, kFields[i], relative[i],
          i % 2 == 0 ? "width" : "height");
  }
  const auto [cx, cy, w, h] = relative;
  const auto width = static_cast<double>(size.width), height = static_cast<double>(size.height);
  const auto inside = [](double part, double pixels) { return std::clamp(part, 0.0, 1.0) * pixels; };
  LabelledBox box{.box_xyxy = {inside(cx - w / 2, width), inside(cy - h / 2, height),
                               inside(cx + w / 2, width), inside(cy + h / 2, height)},
                  .label = label};
  box.area = (box.box_xyxy[2] - box.box_xyxy[0]) * (box.box_xyxy[3] - box.box_xyxy[1]);
  return box;
}

// Nothing where there is no file.
std::optional<std::vector<LabelledBox>> boxes_of(const Path& picture, size_t classes) {
  const Path file = label_file_of(picture);
  std::error_code error;
  if (!std::filesystem::exists(file, error)) {
    return {};
  }
  const std::string name = "yolo: " + file.string();
  const std::vector<std::string> lines = load_lines(file, name);
  const ImageSize size = image_size(picture);
  std::vector<LabelledBox> boxes;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (!trimmed(lines[i]).empty()) {
      boxes.push_back(box_of(lines[i], fmt::format("{}:{}", name, i + 1), classes, size));
    }
  }
  return boxes;
}

}  // namespace

DetectionDataset load_yolo_folder(const std::filesystem::path& path, const std::string& part) {
  const Folder folder = open_folder(path);
  const Path root = std::filesystem::absolute(folder.root / "").lexically_normal();  // ends in a slash
  DetectionDataset dataset{
      .name = root.parent_path().filename().string(), .classes = folder.names, .pictures = {}};
  bool any = false;
  Path first;
  for (const Path& place : places_of(folder, part)) {
    for (const Path& picture : pictures_in(folder, place)) {
      first = first.empty() ? picture : first;
      auto boxes = boxes_of(picture, folder.names.size());
      any = any || boxes.has_value();
      dataset.pictures.push_back(
          {.name =
               picture.lexically_normal().lexically_relative(folder.root.lexically_normal()).generic_string(),
           .load = [picture] { return load_image(picture); },
           .boxes = boxes.value_or(std::vector<LabelledBox>())});
    }
  }
  check(!dataset.pictures.empty(), "yolo: {}: there are no pictures{}", path.string(),
        part.empty() ? "" : fmt::format(" in its part '{}'", part));
  check(any, "yolo: {}: none of the {} pictures has a file of boxes, such as {}", path.string(),
        dataset.size(), label_file_of(first).string());
  return dataset;
}

}  // namespace helder
