#pragma once

#include <cstdint>

#include "inspect/recorder.h"

namespace helder {

/// Multiplications with an addition that an op's forward needs: weights of convolutions and linear layers
/// times the positions that they are used at, biases too; scale and shift of a normalisation once a picture
/// (both as torchinfo counts); products of matrices, and the two of attention. 0 for other ops.
int64_t multiply_adds(const OpRecord& op);

}  // namespace helder
