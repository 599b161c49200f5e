#pragma once

#include "tensor/tensor.h"

namespace helder {

/// The standard deviation over `dims`, or over all of them: the square root of `var`. Its gradient where all
/// numbers are equal, and the root has none, is 0. Floating point only.
///
/// `std::sort` still means what it says: in front of :: a function's name is not looked for.
Tensor std(const Tensor& x, const Shape& dims = {}, int64_t correction = 1, bool keepdim = false);

}  // namespace helder
