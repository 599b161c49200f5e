#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "weights/pickled_storage.h"

namespace helder {

/// What a PyTorch pickle says of a tensor.
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
/// perhaps, under `state_dict`, `model_state_dict` or `model`, those are taken and the rest is not; likewise
/// under `net`, `params` and the like, if nothing but an optimiser is beside them.
///
/// Classes are known by name only: a tensor is what a call of one of PyTorch's own functions would have made.
/// Throws, starting with `name`, on a tensor that Helder cannot represent.
std::vector<PickledTensor> pickled_tensors(const PickleNode& root, const std::string& name);

}  // namespace helder
