#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "tensor/tensor.h"
#include "tensor/zip_archive.h"

namespace helder {

/// Pictures in a folder a class, as torchvision's `ImageFolder` takes them: `cat/1.jpg`, `cat/more/2.png`,
/// `dog/1.jpg`. The folders are in a directory or in a zip archive (there, possibly all inside one folder).
/// Classes are numbered in the order of their names, pictures are in the order of theirs. Files of other
/// kinds and hidden ones are passed over.
///
/// Throws `Error`, starting with `image folder: PATH`, where there are no such folders.
class ImageFolder {
 public:
  explicit ImageFolder(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  const std::vector<std::string>& classes() const { return classes_; }
  int64_t size() const { return static_cast<int64_t>(items_.size()); }
  /// Where picture `index` is inside the folder, its class first: `cat/1.jpg`.
  const std::string& name(int64_t index) const { return item(index).name; }
  int64_t label(int64_t index) const { return item(index).label; }
  /// Decodes it, [3,H,W], uint8.
  Tensor image(int64_t index) const;

  /// These pictures in memory, which have to be of one size; mean and deviation are theirs. All of them if no
  /// `indices` are given.
  ImageDataset load(std::vector<int64_t> indices = {}) const;

 private:
  struct Item {
    std::string name;  // inside the archive: after root_
    int64_t label = 0;
  };
  const Item& item(int64_t index) const;
  void list_directory();
  void list_archive();
  void find_classes();

  std::filesystem::path path_;
  std::shared_ptr<const ZipArchive> archive_;  // null for a directory
  std::string root_;  // the folder in the archive that holds all the others, with its slash
  std::vector<std::string> classes_;
  std::vector<Item> items_;
};

}  // namespace helder
