#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

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

/// The type that PyTorch calls so, `float32`; none where Helder has no such type.
std::optional<StoredType> torch_type(std::string_view dtype);

/// An integer that is not negative; nothing for other values.
std::optional<uint64_t> pickled_size(const PickleNode& node);

}  // namespace helder
