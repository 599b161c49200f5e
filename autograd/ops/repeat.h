#pragma once

#include <optional>

#include "tensor/tensor.h"

namespace helder {

/// x laid side by side with itself, repeats[d] times along dimension d, as tiles are. There may be more
/// numbers than dimensions: the first ones are for new dimensions in front.
Tensor repeat(const Tensor& x, const Shape& repeats);

/// Each element along `dim` `repeats` times in a row: a b -> a a b b. Without a `dim` x is flattened first.
Tensor repeat_interleave(const Tensor& x, int64_t repeats, std::optional<int64_t> dim = {});

/// The same with a number for each element along `dim`, int64 [n].
Tensor repeat_interleave(const Tensor& x, const Tensor& repeats, std::optional<int64_t> dim = {});

}  // namespace helder
