#include "examples/common/labelled_images.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <memory>

#include "data/cifar10.h"
#include "data/image.h"
#include "data/image_folder.h"
#include "models/class_names.h"
#include "models/imagenet_ids.h"
#include "tensor/error.h"

namespace helder {
namespace {

namespace fs = std::filesystem;

// Lower case, words apart by one kind of space.
std::string plain_name(std::string_view name) {
  std::string plain(name);
  for (char& c : plain) {
    c = c == '_' || c == '-' ? ' ' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return plain;
}

std::optional<int64_t> class_of(std::string_view folder, std::span<const std::string_view> classes) {
  constexpr size_t kIdentifier = 9;  // n02123045, or n02123045_tabby
  const bool alone = folder.size() <= kIdentifier || folder[kIdentifier] == '_' || folder[kIdentifier] == '-';
  if (alone && classes.data() == imagenet_classes().data()) {
    if (const auto found = imagenet_class_of_id(folder.substr(0, kIdentifier))) {
      return found;
    }
  }
  const std::string name = plain_name(folder);
  for (size_t i = 0; i < classes.size(); ++i) {
    if (plain_name(classes[i]) == name) {
      return static_cast<int64_t>(i);
    }
  }
  size_t number = 0;
  const char* end = folder.data() + folder.size();
  const auto [rest, error] = std::from_chars(folder.data(), end, number);
  if (error == std::errc() && rest == end && number < classes.size()) {
    return static_cast<int64_t>(number);
  }
  return {};
}

// Pictures in folders; with labels if `classes` are given.
void add_folder(const fs::path& path, std::span<const std::string_view> classes,
                std::vector<LabelledImage>& images) {
  const auto folder = std::make_shared<const ImageFolder>(path);
  std::vector<int64_t> labels;
  if (!classes.empty()) {
    labels = classes_of_folders(folder->classes(), classes);
  }
  for (int64_t i = 0; i < folder->size(); ++i) {
    LabelledImage image{.file = (path / folder->name(i)).string(),
                        .load = [folder, i] { return folder->image(i); }};
    if (!labels.empty()) {
      image.label = labels[static_cast<size_t>(folder->label(i))];
    }
    images.push_back(std::move(image));
  }
}

void add_directory(const fs::path& path, std::vector<LabelledImage>& images) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    if (entry.is_regular_file() && has_image_extension(entry.path())) {
      files.push_back(entry.path());
    }
  }
  check(!files.empty(), "{}: there are no images in this directory", path.string());
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    images.push_back({.file = file.string(), .load = [file] { return load_image(file); }});
  }
}

void add_cifar10(const fs::path& path, const ImageRequest& request, std::vector<LabelledImage>& images) {
  const ImageDataset data = load_cifar10(path);
  for (int64_t i = 0; i < data.size(); ++i) {
    LabelledImage image{.file = fmt::format("{}#{}", path.string(), i),
                        .load = [pictures = data.images, i] { return pictures[i]; }};
    if (static_cast<int64_t>(request.classes.size()) == data.classes) {
      image.label = data.labels.at<int64_t>({i});
    }
    images.push_back(std::move(image));
  }
}

}  // namespace

std::vector<int64_t> classes_of_folders(const std::vector<std::string>& folders,
                                        std::span<const std::string_view> classes) {
  std::vector<int64_t> result;
  std::string_view stranger;
  for (const std::string& folder : folders) {
    const auto found = class_of(folder, classes);
    stranger = found || !stranger.empty() ? stranger : folder;
    result.push_back(found.value_or(0));
  }
  if (!stranger.empty()) {
    check(folders.size() == classes.size(),
          "labels: the folder '{}' is none of the model's {} classes, by name, number or identifier",
          stranger, classes.size());
    for (size_t i = 0; i < result.size(); ++i) {
      result[i] = static_cast<int64_t>(i);
    }
  }
  return result;
}

std::vector<LabelledImage> find_images(const ImageRequest& request) {
  check(request.labels.empty() || fs::exists(request.labels), "labels: {}: No such file or directory",
        request.labels.string());
  std::vector<fs::path> inputs = request.inputs;
  if (inputs.empty() && !request.labels.empty()) {
    inputs = {request.labels};
  }
  std::vector<LabelledImage> images;
  for (const fs::path& input : inputs) {
    check(fs::exists(input), "{}: No such file or directory", input.string());
    const bool has_classes =
        request.labelled && (request.labels.empty() || fs::equivalent(input, request.labels));
    if (input.extension() == ".zip" || (fs::is_directory(input) && has_classes)) {
      add_folder(input, has_classes ? request.classes : std::span<const std::string_view>(), images);
    } else if (fs::is_directory(input)) {
      add_directory(input, images);
    } else if (input.extension() == ".bin") {
      add_cifar10(input, request, images);
    } else {
      images.push_back({.file = input.string(), .load = [input] { return load_image(input); }});
    }
  }
  const bool all_labelled = std::all_of(images.begin(), images.end(),
                                        [](const LabelledImage& image) { return image.label.has_value(); });
  if (!request.labels.empty() && !all_labelled) {  // pictures given one by one that lie in a class's folder
    const ImageFolder folder(request.labels);
    const std::vector<int64_t> labels = classes_of_folders(folder.classes(), request.classes);
    for (LabelledImage& image : images) {
      const fs::path inside = fs::absolute(image.file)
                                  .lexically_normal()
                                  .lexically_relative(fs::absolute(request.labels).lexically_normal());
      const auto at = std::find(folder.classes().begin(), folder.classes().end(), inside.begin()->string());
      if (!image.label && at != folder.classes().end()) {
        image.label = labels[static_cast<size_t>(at - folder.classes().begin())];
      }
    }
  }
  check(!request.labelled || images.empty() ||
            std::any_of(images.begin(), images.end(),
                        [](const LabelledImage& image) { return image.label.has_value(); }),
        "labels: none of the {} images lies in a folder that is a class", images.size());
  return images;
}

}  // namespace helder
