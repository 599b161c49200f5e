#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "inspect/statistics.h"
#include "tensor/tensor.h"
#include "training/terminal.h"

namespace helder {

/// What `s`, its statistics, say of a tensor:
/// `float32 [1,32,26,26]  min -1.2  mean 0.03  max 4.1  NaN 3  infinite 1`; the last two only where there are
/// any.
std::string range_text(const Tensor& x, const Statistics& s);

/// A tensor as whole lines of pictures, as many as about two rows of the terminal hold:
///
///   [N,C,H,W]    the channels of the first, each over its own range; three channels are colours. Filters of
///   one
///                channel, [N,1,H,W], one by one
///   [C,H,W]      the same; of [1,T,C], tokens, the matrix
///   [N,C]        the matrix; a single row as a vector
///   [C]          bars: all elements, or the largest where they are many
///
/// `index` chooses one channel or element of dimension 1 (of rank 3 and 2: 0), drawn alone. Throws where
/// there is no such index, or nothing to draw.
std::string draw_tensor(const Tensor& x, std::optional<int64_t> index, const Terminal& terminal);

}  // namespace helder
