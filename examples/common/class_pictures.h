#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "examples/common/labelled_images.h"
#include "models/preprocessing.h"

namespace helder {

/// Pictures of a few classes, not yet decoded; each has a label.
struct ClassPictures {
  std::string name;  ///< for people
  std::vector<std::string> classes;
  std::vector<LabelledImage> pictures;

  std::vector<int64_t> labels() const;
};

struct ClassPicturesOptions {
  std::vector<std::string> classes = {};  ///< only these, numbered in this order; empty for all there are
  int64_t per_class = 0;                  ///< so many of each, drawn by seed; 0 for all, or what there is
  uint64_t seed = 1;
};

/// Pictures in a folder a class, in a directory or a zip archive (data/image_folder.h), or of a `.bin` file
/// in CIFAR-10's layout. Throws where a class that is asked for is not there.
ClassPictures find_class_pictures(const std::filesystem::path& path,
                                  const ClassPicturesOptions& options = {});

/// Decodes those of these indices into one tensor: the shorter side resized as the model wants it, then the
/// middle square, [N,3,S,S] (S = resize, or crop where nothing is resized). A batch is cut from these
/// squares, and normalised as the model wants it.
ImageDataset load_pictures(const ClassPictures& from, const std::vector<int64_t>& indices,
                           const Preprocessing& preprocessing);

}  // namespace helder
