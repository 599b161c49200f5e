#pragma once

#include <cstdint>

namespace helder::kernels {

/// x is [batch, heads, length, features], contiguous; cos and sin are [tables, length, pairs] with tables 1
/// or batch and 2 pairs <= features. The features from 2 pairs on are not rotated.
struct RotaryGeometry {
  int64_t batch = 0, heads = 0, length = 0, features = 0;
  int64_t tables = 1;
  int64_t pairs = 0;
  bool interleaved = false;  ///< features 2k and 2k+1 make pair k; else k and k + pairs do
};

/// Turns each pair (a, b) of position l by its angle: with c = cos[l, k] and s = sin[l, k],
///
///   a' = a c - b s
///   b' = b c + a s
///
/// The transpose of a rotation is the rotation back: with `inverse`, s has the other sign, and dy becomes dx.
template <class T>
void rotary_embedding_cpu(const RotaryGeometry& g, bool inverse, const T* x, const T* cos, const T* sin,
                          T* y);
template <class T>
void rotary_embedding_cuda(const RotaryGeometry& g, bool inverse, const T* x, const T* cos, const T* sin,
                           T* y);

}  // namespace helder::kernels
