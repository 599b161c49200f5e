#pragma once

#include <string>
#include <vector>

#include "tensor/shape.h"

namespace helder {

/// A name and a shape, in a model or in a file.
struct NamedShape {
  std::string name;
  Shape shape;
};

/// What keeps a file's tensors from being a model's.
struct Misfit {
  struct MisShaped {
    std::string name;
    Shape wanted, found;
  };
  std::vector<NamedShape> missing;     ///< the model has them, the file does not
  std::vector<MisShaped> mis_shaped;   ///< both have them
  std::vector<NamedShape> unexpected;  ///< the file has them, the model does not

  bool empty() const { return missing.empty() && mis_shaped.empty() && unexpected.empty(); }

  /// A row for each, and for each the nearest candidate: what the other side has left over. A name that
  /// differs by a few letters is near, and nearer where the shape is the same. Of each kind, the first twenty
  /// rows.
  std::string table() const;
};

}  // namespace helder
