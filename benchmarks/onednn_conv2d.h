#pragma once

#include <cstdint>

#include "benchmarks/row.h"

namespace helder::bench {

/// A convolution [batch, channels, size, size] with as many channels out, stride 1, and padding that keeps
/// the size, by oneDNN. Operands are in the layouts that oneDNN asks for: what a program would have to pay
/// for bringing them there is left out.
Step onednn_convolution(int64_t batch, int64_t channels, int64_t size, int64_t kernel, int64_t groups);

}  // namespace helder::bench
