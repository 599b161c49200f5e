#pragma once

#include "tensor/tensor.h"

namespace helder {

/// The different values of a tensor.
struct UniqueResult {
  Tensor values;   ///< a vector, in rising order
  Tensor inverse;  ///< int64, of x's shape: x = values[inverse]; undefined unless asked for
  Tensor counts;   ///< int64, beside `values`: how often each occurs; undefined unless asked for
};

/// The different values of x, each once. They are sorted whether or not `sorted` asks for it. A NaN equals
/// nothing, not even another NaN. Any type; no gradient.
UniqueResult unique(const Tensor& x, bool sorted = true, bool return_inverse = false,
                    bool return_counts = false);

}  // namespace helder
