#pragma once

#include <cstdint>

#include "tensor/tensor.h"

namespace helder {

/// Pictures [N,C,H,W] side by side, `columns` in a row, with a line of one pixel between them: [C,H',W'] of
/// the same type. What is left of the last row is 0, as the lines are.
Tensor picture_grid(const Tensor& pictures, int64_t columns);

/// Filters [N,C,H,W] of a first layer as pictures, uint8 of the same shape: those of one or three channels.
/// Each over its own range, with 0 as the middle grey, so that what a filter likes is bright and what it
/// dislikes dark.
Tensor filter_pictures(const Tensor& weight);

/// Pictures [...,H,W], each pixel as factor x factor of them.
Tensor enlarged(const Tensor& pictures, int64_t factor);

}  // namespace helder
