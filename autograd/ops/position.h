#pragma once

#include <string>

#include "tensor/shape.h"

namespace helder {

/// "[3,1]": where the element number `flat` of a contiguous tensor is; nothing for a scalar. For the messages
/// of ops.
inline std::string position_of(int64_t flat, const Shape& shape) {
  Shape index = shape;
  for (int d = shape.rank() - 1; d >= 0; --d) {
    index[d] = flat % shape[d];
    flat /= shape[d];
  }
  return shape.empty() ? "" : index.str();
}

}  // namespace helder
