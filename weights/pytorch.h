#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "tensor/zip_archive.h"
#include "weights/pickled_tensors.h"
#include "weights/weight_file.h"

namespace helder {

/// What torch.save writes: one pickle (weights/pickle.h), and beside it the storages of its tensors, each
/// once and under a key. Tensors that share a storage in PyTorch, such as tied weights, share it here. Their
/// strides are kept.
///
/// The file may hold a state_dict, a dictionary with one in it (weights/pickled_tensors.h), or a whole
/// module.
class PyTorchFile : public WeightFile {
 protected:
  using WeightFile::WeightFile;

  /// A storage's size in the file. Throws where there is none under that key.
  virtual uint64_t storage_bytes(const std::string& key) const = 0;
  /// Its bytes: mapped, or unpacked into new memory.
  virtual std::shared_ptr<Storage> open_storage(const std::string& key) const = 0;

  /// Adds the pickle's tensors, once the storages are known.
  void add_tensors(const Pickle& pickle);
  Tensor read(size_t index) const final;

  bool is_big_endian_ = false;

 private:
  struct Place {
    std::string key;
    uint64_t offset;
    Shape strides;
  };
  std::shared_ptr<Storage> storage(const std::string& key, size_t element_bytes) const;

  std::vector<Place> places_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::weak_ptr<Storage>> open_;  // those that a tensor uses
  mutable std::shared_ptr<Storage> latest_;                     // the next tensor often lies in the same one
};

/// The form since PyTorch 1.6: a zip archive of `NAME/data.pkl` and `NAME/data/KEY`.
class PyTorchZipFile final : public PyTorchFile {
 public:
  explicit PyTorchZipFile(const std::filesystem::path& path);

 private:
  uint64_t storage_bytes(const std::string& key) const override;
  std::shared_ptr<Storage> open_storage(const std::string& key) const override;
  const ZipArchive::Entry& entry_of(const std::string& key) const;

  ZipArchive archive_;
  std::string folder_;  // `NAME/`
};

/// The form before: pickles of a magic number, a version, the system's properties, the object, and the list
/// of its storages' keys; then, in that order, each storage's number of elements and bytes.
class PyTorchLegacyFile final : public PyTorchFile {
 public:
  explicit PyTorchLegacyFile(const std::filesystem::path& path);

 private:
  struct Stretch {
    uint64_t offset, bytes;
  };
  uint64_t storage_bytes(const std::string& key) const override;
  std::shared_ptr<Storage> open_storage(const std::string& key) const override;
  void find_storages(const Pickle& pickle, const Pickle& keys, uint64_t offset);

  std::shared_ptr<Storage> file_;
  std::map<std::string, Stretch, std::less<>> stretches_;
};

}  // namespace helder
