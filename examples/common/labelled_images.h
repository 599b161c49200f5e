#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tensor/tensor.h"

namespace helder {

/// A picture to be classified.
struct LabelledImage {
  std::string file;                   ///< for people and for JSON
  std::function<Tensor()> load;       ///< decodes it, [3,H,W], uint8
  std::optional<int64_t> label = {};  ///< the class that it is of, where that is known
};

struct ImageRequest {
  /// Images; directories of them, at any depth; zip archives with a folder a class; `.bin` files of CIFAR-10.
  std::vector<std::filesystem::path> inputs;
  /// Whether folders of the inputs are classes: `true`, or the directory that they are in.
  bool labelled = false;
  std::filesystem::path labels = {};
  std::span<const std::string_view> classes;  ///< the model's
};

/// The pictures of a request, in the order of the inputs and within one in that of names. Those of CIFAR-10
/// are labelled where the model has its ten classes; the others where the request says so. Throws where an
/// input is not there or has no image, and where a folder's name is none of the classes.
std::vector<LabelledImage> find_images(const ImageRequest& request);

/// Which of a model's classes the folders of a data set are. Each is called by the name of one (`great white
/// shark`, `Great_White_Shark`), its number, or, for the classes of ImageNet, the identifier in WordNet
/// (`n01484850`, `n01484850_great_white_shark`). Where not all are, but there are as many folders as classes,
/// they are the classes in the order of their names, as in torchvision.
std::vector<int64_t> classes_of_folders(const std::vector<std::string>& folders,
                                        std::span<const std::string_view> classes);

}  // namespace helder
