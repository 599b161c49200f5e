#include "weights/weight_file.h"

#include "tensor/copy.h"

namespace helder {

std::vector<std::string> WeightFile::names() const {
  std::vector<std::string> names;
  for (const StoredTensor& tensor : tensors_) {
    names.push_back(tensor.name);
  }
  return names;
}

Tensor WeightFile::tensor(const std::string& name) const {
  const auto found = places_.find(name);
  check(found != places_.end(), "{}: there is no tensor '{}'", description_, name);
  return read(found->second);
}

Tensor WeightFile::tensor(const std::string& name, DType dtype) const {
  return converted_copy(tensor(name), dtype);
}

StateDict WeightFile::state_dict() const {
  StateDict state;
  for (size_t i = 0; i < tensors_.size(); ++i) {
    state.emplace_back(tensors_[i].name, read(i));
  }
  return state;
}

void WeightFile::add(StoredTensor tensor) {
  check(places_.emplace(tensor.name, tensors_.size()).second, "{}: there are two tensors '{}'", description_,
        tensor.name);
  tensors_.push_back(std::move(tensor));
}

}  // namespace helder
