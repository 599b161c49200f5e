#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "layers/module.h"
#include "weights/stored_type.h"

namespace helder {

/// What a weight file says of one of its tensors.
struct StoredTensor {
  std::string name;
  StoredType type;
  Shape shape;
};

/// An open weight file of any format: named tensors. Opening reads what the file says of them and checks all
/// of it against the file's size, so that no file, however it was made, can cause more than an `Error` with
/// its name and what is wrong; nothing in it is ever executed. A tensor is read when it is asked for, and
/// shares the file's mapped memory where the format allows (weights/stored_type.h): changing it does not
/// change the file, and it may outlive this object.
class WeightFile {
 public:
  virtual ~WeightFile() = default;
  WeightFile(const WeightFile&) = delete;
  WeightFile& operator=(const WeightFile&) = delete;

  /// What messages start with: the format and the path.
  const std::string& description() const { return description_; }
  /// In the file's order.
  const std::vector<StoredTensor>& tensors() const { return tensors_; }
  std::vector<std::string> names() const;
  bool contains(const std::string& name) const { return places_.count(name) > 0; }

  /// One tensor. Throws when the file has none of that name.
  Tensor tensor(const std::string& name) const;
  /// The same, converted; a copy unless it is of that type already.
  Tensor tensor(const std::string& name, DType dtype) const;
  /// All of them.
  StateDict state_dict() const;

  /// The strings that the file has beside its tensors; empty when there are none.
  const std::map<std::string, std::string>& metadata() const { return metadata_; }

 protected:
  explicit WeightFile(std::string description) : description_(std::move(description)) {}

  /// For a format's constructor: the next tensor. Throws where the name was there before.
  void add(StoredTensor tensor);
  /// The tensor that was added as number `index`.
  virtual Tensor read(size_t index) const = 0;

  std::map<std::string, std::string> metadata_;

 private:
  std::string description_;
  std::vector<StoredTensor> tensors_;
  std::map<std::string, size_t> places_;
};

/// Opens a file of any format that Helder reads, which its first bytes tell, not its name.
std::unique_ptr<WeightFile> open_weights(const std::filesystem::path& path);

}  // namespace helder
