#pragma once

// What dropout2d and drop_path share: forward and backward. Private to autograd/ops/.

#include "tensor/random.h"
#include "tensor/tensor.h"

namespace helder {

/// x with its first `leading` dimensions counted as rows: each row is set to 0 with probability p, the others
/// are multiplied by `scale`. Takes (rows + 3) / 4 counters of the generator.
Tensor drop_rows(const char* op, const Tensor& x, int leading, double p, double scale, Generator& generator);

}  // namespace helder
