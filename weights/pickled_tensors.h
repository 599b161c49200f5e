#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "weights/pickle.h"
#include "weights/stored_type.h"

namespace helder {

/// What a PyTorch pickle says of a storage: a row of elements that lies beside the pickle, under a key.
struct PickledStorage {
  std::string_view key;
  std::optional<StoredType> type;  ///< none where Helder has no such type: complex and quantised numbers
  std::string_view dtype;          ///< PyTorch's name of it
  uint64_t element_bytes = 1;
  uint64_t elements = 0;
  uint64_t first = 0;  ///< where only a part of it is meant (PyTorch before 0.4): that one's first element

  uint64_t bytes() const { return elements * element_bytes; }
};

/// The storage that a persistent id stands for; nothing for other ids. Throws, starting with `name`, where
/// the id is of a storage but does not make sense.
std::optional<PickledStorage> pickled_storage(const PickleNode& persistent, const std::string& name);

/// What it says of a tensor.
struct PickledTensor {
  std::string name;
  StoredType type;
  PickledStorage storage;
  uint64_t offset = 0;  ///< of the first element in the storage, in bytes
  Shape shape, strides;
};

/// All tensors in an object that PyTorch pickled, under the names that a state_dict has: the keys of
/// dictionaries, positions in lists, attributes of objects, joined by dots. A module's are its parameters,
/// buffers and children. Where a dictionary holds the weights beside other things, an optimiser's state
/// perhaps, under one of the usual names (`state_dict`, `model` ...), those are taken and the rest is not.
///
/// Classes are known by name only: a tensor is what a call of one of PyTorch's own functions would have made.
/// Throws, starting with `name`, on a tensor that Helder cannot represent.
std::vector<PickledTensor> pickled_tensors(const PickleNode& root, const std::string& name);

}  // namespace helder
