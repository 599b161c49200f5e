#include "examples/common/class_pictures.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>

#include "data/cifar10.h"
#include "data/image_folder.h"
#include "data/image_transforms.h"
#include "models/class_names.h"
#include "tensor/copy.h"
#include "tensor/factories.h"
#include "tensor/parallel.h"
#include "tensor/random.h"
#include "tensor/views.h"

namespace helder {
namespace {

ClassPictures all_of_folder(const std::filesystem::path& path) {
  const auto folder = std::make_shared<const ImageFolder>(path);
  ClassPictures all{path.filename().string(), folder->classes(), {}};
  for (int64_t i = 0; i < folder->size(); ++i) {
    all.pictures.push_back({folder->name(i), [folder, i] { return folder->image(i); }, folder->label(i)});
  }
  return all;
}

ClassPictures all_of_cifar10(const std::filesystem::path& path) {
  const ImageDataset data = load_cifar10(path);
  const auto names = cifar10_classes();
  ClassPictures all{path.filename().string(), {names.begin(), names.end()}, {}};
  for (int64_t i = 0; i < data.size(); ++i) {
    all.pictures.push_back({fmt::format("{}#{}", all.name, i),
                            [images = data.images, i] { return views::select(images, 0, i); },
                            data.labels.at<int64_t>({i})});
  }
  return all;
}

// So many of each class, in the order in which they were.
void thin_out(std::vector<LabelledImage>& pictures, size_t classes, int64_t per_class, uint64_t seed) {
  std::vector<int64_t> taken(classes);
  std::vector<bool> keep(pictures.size());
  Generator generator(seed);
  for (const int64_t i : randperm(static_cast<int64_t>(pictures.size()), generator).to_vector<int64_t>()) {
    const auto at = static_cast<size_t>(i);
    keep[at] = taken[static_cast<size_t>(*pictures[at].label)]++ < per_class;
  }
  size_t at = 0;
  std::erase_if(pictures, [&](const LabelledImage&) { return !keep[at++]; });
}

// [3,S,S]
Tensor square(const Tensor& image, const Preprocessing& preprocessing) {
  if (preprocessing.resize == 0) {
    return center_crop(image, preprocessing.crop, preprocessing.crop);
  }
  const Tensor resized = resize_shorter_side(image, preprocessing.resize, preprocessing.resample);
  return center_crop(resized, preprocessing.resize, preprocessing.resize);
}

}  // namespace

std::vector<int64_t> ClassPictures::labels() const {
  std::vector<int64_t> result;
  for (const LabelledImage& picture : pictures) {
    result.push_back(picture.label.value());
  }
  return result;
}

ClassPictures find_class_pictures(const std::filesystem::path& path, const ClassPicturesOptions& options) {
  ClassPictures all = path.extension() == ".bin" ? all_of_cifar10(path) : all_of_folder(path);
  ClassPictures chosen{all.name, options.classes.empty() ? all.classes : options.classes, {}};
  std::vector<std::optional<int64_t>> new_label(all.classes.size());
  for (size_t i = 0; i < chosen.classes.size(); ++i) {
    const auto found = std::find(all.classes.begin(), all.classes.end(), chosen.classes[i]);
    check(found != all.classes.end(), "{} has no class '{}'; it has {}", path.string(), chosen.classes[i],
          fmt::join(all.classes, ", "));
    auto& label = new_label[static_cast<size_t>(found - all.classes.begin())];
    check(!label, "the class '{}' is named twice", chosen.classes[i]);
    label = static_cast<int64_t>(i);
  }
  for (LabelledImage& picture : all.pictures) {
    picture.label = new_label[static_cast<size_t>(*picture.label)];
    if (picture.label) {
      chosen.pictures.push_back(std::move(picture));
    }
  }
  if (options.per_class > 0) {
    thin_out(chosen.pictures, chosen.classes.size(), options.per_class, options.seed);
  }
  return chosen;
}

ImageDataset load_pictures(const ClassPictures& from, const std::vector<int64_t>& indices,
                           const Preprocessing& preprocessing) {
  const auto count = static_cast<int64_t>(indices.size());
  const int64_t side = preprocessing.resize == 0 ? preprocessing.crop : preprocessing.resize;
  ImageDataset result{.name = from.name,
                      .images = empty({count, 3, side, side}, DType::UInt8),
                      .labels = empty({count}, DType::Int64),
                      .classes = static_cast<int64_t>(from.classes.size()),
                      .mean = {preprocessing.mean.begin(), preprocessing.mean.end()},
                      .deviation = {preprocessing.std.begin(), preprocessing.std.end()}};
  std::vector<std::exception_ptr> errors(indices.size());  // a parallel loop must not throw
  parallel_for(count, /*grain=*/16, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const LabelledImage& picture = from.pictures[static_cast<size_t>(indices[static_cast<size_t>(i)])];
      try {
        copy_elements(views::select(result.images, 0, i), square(picture.load(), preprocessing));
        result.labels.data<int64_t>()[i] = picture.label.value();
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
  return result;
}

}  // namespace helder
