#include "data/image_folder.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <exception>
#include <numeric>
#include <set>

#include "data/image.h"
#include "tensor/factories.h"
#include "tensor/parallel.h"

namespace helder {
namespace {

bool is_hidden(std::string_view name) {
  return name.starts_with('.') || name.find("/.") != std::string_view::npos || name.starts_with("__MACOSX/");
}

std::string_view first_folder(std::string_view name) { return name.substr(0, name.find('/')); }

}  // namespace

ImageFolder::ImageFolder(const std::filesystem::path& path) : path_(path) {
  std::error_code error;
  check(std::filesystem::exists(path, error), "image folder: {}: No such file or directory", path.string());
  if (std::filesystem::is_directory(path, error)) {
    list_directory();
  } else {
    list_archive();
  }
  std::sort(items_.begin(), items_.end(), [](const Item& a, const Item& b) { return a.name < b.name; });
  find_classes();
}

void ImageFolder::list_directory() {
  using Iterator = std::filesystem::recursive_directory_iterator;
  std::error_code error;
  Iterator at(path_, std::filesystem::directory_options::follow_directory_symlink, error);
  for (; !error && at != Iterator(); at.increment(error)) {
    const std::string name = at->path().lexically_relative(path_).generic_string();
    std::error_code ignored;
    if (!is_hidden(name) && has_image_extension(name) && at->is_regular_file(ignored)) {
      items_.push_back({.name = name});
    }
  }
  check(!error, "image folder: {}: {}", path_.string(), error.message());
}

void ImageFolder::list_archive() {
  const std::string name = "image folder: " + path_.string();
  archive_ = std::make_shared<const ZipArchive>(path_, name);
  for (const ZipArchive::Entry& entry : archive_->entries()) {
    if (!is_hidden(entry.name) && has_image_extension(entry.name)) {
      items_.push_back({.name = entry.name});
    }
  }
  // Folders of classes may all be inside one folder.
  if (items_.empty()) {
    return;
  }
  const std::string root = std::string(first_folder(items_.front().name)) + '/';
  const bool is_root = std::all_of(items_.begin(), items_.end(), [&](const Item& item) {
    return item.name.starts_with(root) && item.name.find('/', root.size()) != std::string::npos;
  });
  if (is_root) {
    root_ = root;
    for (Item& item : items_) {
      item.name.erase(0, root.size());
    }
  }
}

// From the sorted names of files.
void ImageFolder::find_classes() {
  std::erase_if(items_, [](const Item& item) { return item.name.find('/') == std::string::npos; });
  check(!items_.empty(), "image folder: {}: there are no folders of images in it; each is a class",
        path_.string());
  std::set<std::string> names;
  for (const Item& item : items_) {
    names.emplace(first_folder(item.name));
  }
  classes_.assign(names.begin(), names.end());
  for (Item& item : items_) {
    const auto at = std::lower_bound(classes_.begin(), classes_.end(), first_folder(item.name));
    item.label = at - classes_.begin();
  }
}

const ImageFolder::Item& ImageFolder::item(int64_t index) const {
  check(index >= 0 && index < size(), "image folder: {}: image {} is not one of {}", path_.string(), index,
        size());
  return items_[static_cast<size_t>(index)];
}

Tensor ImageFolder::image(int64_t index) const {
  const std::string& name = item(index).name;
  if (!archive_) {
    return load_image(path_ / name);
  }
  const auto file = archive_->contents(*archive_->find(root_ + name));
  return decode_image({static_cast<const std::byte*>(file->data()), file->bytes()},
                      fmt::format("image: {}/{}{}", path_.string(), root_, name));
}

ImageDataset ImageFolder::load(std::vector<int64_t> indices) const {
  if (indices.empty()) {
    indices.resize(items_.size());
    std::iota(indices.begin(), indices.end(), 0);
  }
  const auto count = static_cast<int64_t>(indices.size());
  const Shape shape = image(indices.front()).shape();
  const int64_t plane = shape[1] * shape[2];
  const Tensor images = empty({count, 3, shape[1], shape[2]}, DType::UInt8);
  const Tensor labels = empty({count}, DType::Int64);

  std::vector<std::exception_ptr> errors(indices.size());  // a parallel loop must not throw
  parallel_for(count, /*grain=*/16, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      try {
        const int64_t index = indices[static_cast<size_t>(i)];
        const Tensor picture = image(index);
        check(picture.shape() == shape,
              "image folder: {}: {} is {} but {} is {}; images of one size are needed", path_.string(),
              name(indices.front()), shape, name(index), picture.shape());
        std::memcpy(images.data<uint8_t>() + i * 3 * plane, picture.data<uint8_t>(),
                    static_cast<size_t>(3 * plane));
        labels.data<int64_t>()[i] = label(index);
      } catch (...) {
        errors[static_cast<size_t>(i)] = std::current_exception();
      }
    }
  });
  for (const std::exception_ptr& error : errors) {
    if (error) {
      std::rethrow_exception(error);
    }
  }

  ImageDataset dataset{.name = path_.stem().string(),
                       .images = images,
                       .labels = labels,
                       .classes = static_cast<int64_t>(classes_.size()),
                       .mean = {},
                       .deviation = {}};
  for (int64_t channel = 0; channel < 3; ++channel) {
    int64_t sum = 0, squares = 0;  // exact
    for (int64_t i = 0; i < count; ++i) {
      const uint8_t* pixels = images.data<uint8_t>() + (3 * i + channel) * plane;
      for (int64_t p = 0; p < plane; ++p) {
        sum += pixels[p];
        squares += pixels[p] * pixels[p];
      }
    }
    const double n = static_cast<double>(count * plane), mean = static_cast<double>(sum) / n;
    const double variance = static_cast<double>(squares) / n - mean * mean;
    dataset.mean.push_back(static_cast<float>(mean / 255));
    // Pictures of one grey have no deviation to divide by.
    dataset.deviation.push_back(variance > 0 ? static_cast<float>(std::sqrt(variance) / 255) : 1.0F);
  }
  return dataset;
}

}  // namespace helder
