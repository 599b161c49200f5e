#pragma once

#include "tensor/tensor.h"

namespace helder {

/// Rotary position embedding (Su et al., "RoFormer", 2021, section 3.4): each pair of features of x [...,
/// length, features] is turned by an angle that grows with the position, so that the dot product of two
/// tokens depends on how far apart they are. cos and sin are [length, pairs], or [N, length, pairs] when x is
/// [N, ..., length, features]; 2 pairs <= features, and the features behind those pass unchanged.
///
/// Pair k is features k and k + pairs ("rotate_half", as in GPT-NeoX and LLaMA), or with `interleaved`
/// features 2k and 2k + 1 (as in RoFormer). cos and sin are constants. float32 or float64.
Tensor rotary_embedding(const Tensor& x, const Tensor& cos, const Tensor& sin, bool interleaved = false);

/// What `rotary_embedding` turns by.
struct RotaryTable {
  Tensor cos, sin;
};

/// Angles position / theta^(2k / dim) for k < dim / 2: positions [...] -> [..., dim / 2]. dim is the number
/// of features that turn, and even.
RotaryTable rotary_table(const Tensor& positions, int64_t dim, double theta = 10000);
/// The same for the positions 0 ... length - 1: [length, dim / 2].
RotaryTable rotary_table(int64_t length, int64_t dim, double theta = 10000, DType dtype = DType::Float32);

/// For patches of a picture, row by row: [height width, dim / 2]. The first dim / 4 pairs turn with the
/// column, the others with the row, each by position / theta^(4k / dim) (axial RoPE; Heo et al., "Rotary
/// position embedding for vision transformer", 2024, section 3.2). dim is a multiple of 4.
RotaryTable rotary_table_2d(int64_t height, int64_t width, int64_t dim, double theta = 10000,
                            DType dtype = DType::Float32);

}  // namespace helder
