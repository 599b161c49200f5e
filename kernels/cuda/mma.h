#pragma once

#include <bit>
#include <cstdint>

#include "kernels/cuda/cuda.h"

/// The matrix units of a GPU: the 32 lanes of a warp together compute D = A B + C for one small tile, whose
/// elements they hold in registers in a fixed layout (PTX ISA, "Matrix fragments for mma.m16n8k8", "...
/// m16n8k16"). With group = lane / 4 and t = lane % 4, the registers of a lane hold
///
///   m16n8k8, tf32:   a[0..3]: A[group][t],  A[group+8][t],  A[group][t+4],  A[group+8][t+4]
///                    b[0..1]: B[t][group],  B[t+4][group]
///   m16n8k16, 16 bits (two neighbours along k in a register, the lower k in the lower half):
///                    a[0..3]: A[group][2t..], A[group+8][2t..], A[group][2t+8..], A[group+8][2t+8..]
///                    b[0..1]: B[2t..][group], B[2t+8..][group]
///   both, float32:   c[0..3]: C[group][2t], C[group][2t+1], C[group+8][2t], C[group+8][2t+1]
///
/// A [16, K], B [K, 8], C and D [16, 8]. For sm_80 and later; earlier GPUs stop in them (__trap). Under simt
/// an emulated twin computes the same, with operands rounded as the hardware does.
namespace helder::kernels {

#if !HELDER_CUDA_SIMT && defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 800
#define HELDER_MMA(...) __trap()
#else
#define HELDER_MMA(...) asm volatile(__VA_ARGS__)
#endif

#if HELDER_CUDA_SIMT
namespace detail {

template <int K, int Registers>
struct MmaOperand {
  float a[K / 2];  // of this lane, in the order of its registers
  float b[K / 4];
  float c[4];
};

/// D = A B + C of all lanes; each lane's c becomes its part of D. `row`/`k` of an element of a and b:
/// PerRegister is the number of elements in a register, neighbours along k.
template <int K, int PerRegister>
void multiply_fragments(void* const* operands, unsigned) {
  using Operand = MmaOperand<K, PerRegister>;
  float a[16][K], b[K][8];
  for (int lane = 0; lane < 32; ++lane) {
    const Operand& operand = *static_cast<const Operand*>(operands[lane]);
    const int group = lane / 4, t = lane % 4;
    for (int r = 0; r < 4; ++r) {
      for (int i = 0; i < PerRegister; ++i) {
        const int k = t * PerRegister + i + (r / 2) * 4 * PerRegister;
        a[group + r % 2 * 8][k] = operand.a[r * PerRegister + i];
        if (r % 2 == 0) {
          b[k][group] = operand.b[r / 2 * PerRegister + i];
        }
      }
    }
  }
  for (int lane = 0; lane < 32; ++lane) {
    Operand& operand = *static_cast<Operand*>(operands[lane]);
    for (int r = 0; r < 4; ++r) {
      const int row = lane / 4 + r / 2 * 8, column = lane % 4 * 2 + r % 2;
      double sum = 0;  // products are exact; the hardware adds them up with more bits than float has
      for (int k = 0; k < K; ++k) {
        sum += double(a[row][k]) * double(b[k][column]);
      }
      operand.c[r] = static_cast<float>(sum + double(operand.c[r]));
    }
  }
}

template <int K, int PerRegister, class Unpack>
void emulate_mma(const char* name, float (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2],
                 const float (&c)[4], simt::Site where, Unpack unpack) {
  MmaOperand<K, PerRegister> mine;
  for (int i = 0; i < 4 * PerRegister; ++i) {
    mine.a[i] = unpack(a[i / PerRegister], i % PerRegister);
  }
  for (int i = 0; i < 2 * PerRegister; ++i) {
    mine.b[i] = unpack(b[i / PerRegister], i % PerRegister);
  }
  for (int i = 0; i < 4; ++i) {
    mine.c[i] = c[i];
  }
  simt::warp_collective(0xffffffffu, name, &mine, &multiply_fragments<K, PerRegister>, where);
  for (int i = 0; i < 4; ++i) {
    d[i] = mine.c[i];
  }
}

inline float half_of(uint32_t pair, int i) {
  return __ushort_as_half(static_cast<unsigned short>(pair >> 16 * i));
}
inline float bfloat16_of(uint32_t pair, int i) {
  return __ushort_as_bfloat16(static_cast<unsigned short>(pair >> 16 * i));
}

}  // namespace detail

/// A float32 as a tf32: 8 bits of exponent and 10 of mantissa, rounded to nearest, ties away from zero
/// (cvt.rna).
inline uint32_t to_tf32(float x) {
  const uint32_t bits = std::bit_cast<uint32_t>(x);
  const bool finite = (bits & 0x7f800000u) != 0x7f800000u;
  return (finite ? bits + 0x1000u : bits) & 0xffffe000u;
}

/// D = A B + C with m16n8k8, operands in tf32 (the lower 13 bits of a and b are not looked at).
inline void mma_m16n8k8_tf32(float (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2],
                             const float (&c)[4], simt::Site where = simt::Site::here()) {
  detail::emulate_mma<8, 1>("mma_m16n8k8_tf32", d, a, b, c, where,
                            [](uint32_t x, int) { return std::bit_cast<float>(x & 0xffffe000u); });
}
/// D = A B + C with m16n8k16, operands in float16.
inline void mma_m16n8k16_f16(float (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2],
                             const float (&c)[4], simt::Site where = simt::Site::here()) {
  detail::emulate_mma<16, 2>("mma_m16n8k16_f16", d, a, b, c, where, detail::half_of);
}
/// D = A B + C with m16n8k16, operands in bfloat16.
inline void mma_m16n8k16_bf16(float (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2],
                              const float (&c)[4], simt::Site where = simt::Site::here()) {
  detail::emulate_mma<16, 2>("mma_m16n8k16_bf16", d, a, b, c, where, detail::bfloat16_of);
}

#else

__device__ __forceinline__ uint32_t to_tf32(float x) {
  uint32_t bits = 0;
  (void)x;
  HELDER_MMA("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(x));
  return bits;
}

__device__ __forceinline__ void mma_m16n8k8_tf32(float (&d)[4], const uint32_t (&a)[4],
                                                 const uint32_t (&b)[2], const float (&c)[4]) {
  HELDER_MMA(
      "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, "
      "{%10,%11,%12,%13};"
      : "=f"(d[0]), "=f"(d[1]), "=f"(d[2]), "=f"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]), "f"(c[0]), "f"(c[1]), "f"(c[2]),
        "f"(c[3]));
}

__device__ __forceinline__ void mma_m16n8k16_f16(float (&d)[4], const uint32_t (&a)[4],
                                                 const uint32_t (&b)[2], const float (&c)[4]) {
  HELDER_MMA(
      "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, "
      "{%10,%11,%12,%13};"
      : "=f"(d[0]), "=f"(d[1]), "=f"(d[2]), "=f"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]), "f"(c[0]), "f"(c[1]), "f"(c[2]),
        "f"(c[3]));
}

__device__ __forceinline__ void mma_m16n8k16_bf16(float (&d)[4], const uint32_t (&a)[4],
                                                  const uint32_t (&b)[2], const float (&c)[4]) {
  HELDER_MMA(
      "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, "
      "{%10,%11,%12,%13};"
      : "=f"(d[0]), "=f"(d[1]), "=f"(d[2]), "=f"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]), "f"(c[0]), "f"(c[1]), "f"(c[2]),
        "f"(c[3]));
}

#endif
#undef HELDER_MMA

}  // namespace helder::kernels
