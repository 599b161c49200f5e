#pragma once

#include <cstdint>

/// CUDA's small vectors, with its sizes and alignments.

// clang-format off
#define HELDER_VECTOR_1_TO_4(name, T, align2, align4)                                              \
  struct name##1 { T x; };                                                                         \
  struct alignas(align2) name##2 { T x, y; };                                                      \
  struct name##3 { T x, y, z; };                                                                   \
  struct alignas(align4) name##4 { T x, y, z, w; };                                                \
  constexpr name##1 make_##name##1(T x) { return {x}; }                                            \
  constexpr name##2 make_##name##2(T x, T y) { return {x, y}; }                                    \
  constexpr name##3 make_##name##3(T x, T y, T z) { return {x, y, z}; }                            \
  constexpr name##4 make_##name##4(T x, T y, T z, T w) { return {x, y, z, w}; }

HELDER_VECTOR_1_TO_4(char, signed char, 2, 4)
HELDER_VECTOR_1_TO_4(uchar, unsigned char, 2, 4)
HELDER_VECTOR_1_TO_4(short, short, 4, 8)
HELDER_VECTOR_1_TO_4(ushort, unsigned short, 4, 8)
HELDER_VECTOR_1_TO_4(int, int, 8, 16)
HELDER_VECTOR_1_TO_4(uint, unsigned, 8, 16)
HELDER_VECTOR_1_TO_4(longlong, long long, 16, 16)
HELDER_VECTOR_1_TO_4(ulonglong, unsigned long long, 16, 16)
HELDER_VECTOR_1_TO_4(float, float, 8, 16)
HELDER_VECTOR_1_TO_4(double, double, 16, 16)
#undef HELDER_VECTOR_1_TO_4
// clang-format on

/// The extents of a grid or a block.
struct dim3 {
  unsigned x = 1, y = 1, z = 1;

  constexpr dim3(unsigned x_ = 1, unsigned y_ = 1, unsigned z_ = 1) : x(x_), y(y_), z(z_) {}
  constexpr dim3(uint3 v) : x(v.x), y(v.y), z(v.z) {}
  constexpr operator uint3() const { return {x, y, z}; }
};
