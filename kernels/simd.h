#pragma once

#include <cstdint>
#include <cstring>
#include <utility>

#if defined(__AVX512F__) || defined(__AVX2__)
#include <immintrin.h>
#endif

/// Vectors of floats or doubles for the hot loops, the same source for every processor. They are the
/// compiler's own vector types (GCC and clang): `a * b + c` on them is one instruction a lane group, and with
/// -ffp-contract=fast a fused multiply-add. Only what the language cannot say, a masked load, names
/// instructions.
namespace helder::kernels::simd {

#if defined(__AVX512F__)
inline constexpr int kVectorBytes = 64;
inline constexpr int kVectorRegisters = 32;
#elif defined(__AVX2__)
inline constexpr int kVectorBytes = 32;
inline constexpr int kVectorRegisters = 16;
#elif defined(__ARM_NEON)
inline constexpr int kVectorBytes = 16;
inline constexpr int kVectorRegisters = 32;
#else  // SSE2, or whatever the compiler makes of 16 bytes
inline constexpr int kVectorBytes = 16;
inline constexpr int kVectorRegisters = 16;
#endif

/// Functions of vectors are always inlined: a vector that travels through memory would cost more than the
/// work.
#define HELDER_INLINE inline __attribute__((always_inline))

template <class T>
struct VecOf {
  typedef T type __attribute__((vector_size(kVectorBytes)));
};
/// `Vec<float>`: 16 lanes with AVX-512, 8 with AVX2, 4 with NEON and SSE2. Vec<T>{} is zero.
template <class T>
using Vec = typename VecOf<T>::type;

/// Lanes of a Vec<T>.
template <class T>
inline constexpr int kLanes = kVectorBytes / static_cast<int>(sizeof(T));

/// All lanes of p[0 .. lanes), at any alignment.
template <class T>
HELDER_INLINE Vec<T> load(const T* p) {
  Vec<T> v;
  std::memcpy(&v, p, sizeof(v));
  return v;
}

template <class T>
HELDER_INLINE void store(T* p, Vec<T> v) {
  std::memcpy(p, &v, sizeof(v));
}

/// `value` in each lane. (value - 0 is value for every float, -0 and NaN included, so nothing is computed.)
template <class T>
HELDER_INLINE Vec<T> broadcast(T value) {
  return value - Vec<T>{};
}

/// The first `count` lanes of p[0 .. count), 1 <= count <= lanes; the others are zero. Reads no byte beyond.
template <class T>
HELDER_INLINE Vec<T> load_partial(const T* p, int64_t count) {
#if defined(__AVX512F__)
  const auto mask = static_cast<unsigned>((uint64_t{1} << count) - 1);
  if constexpr (sizeof(T) == 4) {
    return Vec<T>(_mm512_maskz_loadu_ps(static_cast<__mmask16>(mask), p));
  } else {
    return Vec<T>(_mm512_maskz_loadu_pd(static_cast<__mmask8>(mask), p));
  }
#elif defined(__AVX2__)
  if constexpr (sizeof(T) == 4) {
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return Vec<T>(
        _mm256_maskload_ps(p, _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)), lane)));
  } else {
    const __m256i lane = _mm256_setr_epi64x(0, 1, 2, 3);
    return Vec<T>(_mm256_maskload_pd(p, _mm256_cmpgt_epi64(_mm256_set1_epi64x(count), lane)));
  }
#else
  Vec<T> v{};
  for (int lane = 0; lane < kLanes<T>; ++lane) {
    v[lane] = lane < count ? p[lane] : T(0);
  }
  return v;
#endif
}

/// Writes the first `count` lanes, 1 <= count <= lanes, and no byte beyond.
template <class T>
HELDER_INLINE void store_partial(T* p, Vec<T> v, int64_t count) {
#if defined(__AVX512F__)
  const auto mask = static_cast<unsigned>((uint64_t{1} << count) - 1);
  if constexpr (sizeof(T) == 4) {
    _mm512_mask_storeu_ps(p, static_cast<__mmask16>(mask), __m512(v));
  } else {
    _mm512_mask_storeu_pd(p, static_cast<__mmask8>(mask), __m512d(v));
  }
#else
  std::memcpy(p, &v, static_cast<size_t>(count) * sizeof(T));
#endif
}

/// out[0 .. count) = in[0 .. count), for runs so short that calling memcpy would cost as much as the copy.
template <class T>
HELDER_INLINE void copy(const T* in, int64_t count, T* out) {
  for (; count >= kLanes<T>; count -= kLanes<T>, in += kLanes<T>, out += kLanes<T>) {
    store(out, load(in));
  }
  if (count > 0) {
    store_partial(out, load_partial(in, count), count);
  }
}

/// The lanes' sum, in halves: lane i + lane i+8, then i + i+4, ... The order is fixed, so are the bits.
template <class T>
HELDER_INLINE T sum(Vec<T> v) {
  T lanes[kLanes<T>];
  store(lanes, v);
  for (int half = kLanes<T> / 2; half > 0; half /= 2) {
    for (int i = 0; i < half; ++i) {
      lanes[i] += lanes[i + half];
    }
  }
  return lanes[0];
}

template <class T, int Distance, int... Lane>
HELDER_INLINE Vec<T> largest_in_halves(Vec<T> v, std::integer_sequence<int, Lane...> lanes) {
  if constexpr (Distance == 0) {
    return v;
  } else {
    const Vec<T> other = __builtin_shufflevector(v, v, (Lane ^ Distance)...);
    return largest_in_halves<T, Distance / 2>(other > v ? other : v, lanes);
  }
}

/// The largest of the lanes; any of them where one is NaN.
template <class T>
HELDER_INLINE T largest(Vec<T> v) {
  return largest_in_halves<T, kLanes<T> / 2>(v, std::make_integer_sequence<int, kLanes<T>>())[0];
}

// One step of the transpose below: exchanges, between rows a and b = a + Distance, the lanes that differ in
// bit `Distance` of their number.
template <class T, int Distance, int... Lane>
HELDER_INLINE void exchange(Vec<T>& a, Vec<T>& b, std::integer_sequence<int, Lane...>) {
  constexpr int n = kLanes<T>;  // shuffle indices from n on mean lanes of the second argument
  const Vec<T> low = __builtin_shufflevector(a, b, ((Lane & Distance) ? n + Lane - Distance : Lane)...);
  const Vec<T> high = __builtin_shufflevector(a, b, ((Lane & Distance) ? n + Lane : Lane + Distance)...);
  a = low;
  b = high;
}

template <class T, int Distance>
HELDER_INLINE void transpose_step(Vec<T> (&rows)[kLanes<T>]) {
#pragma GCC unroll 16
  for (int i = 0; i < kLanes<T>; ++i) {
    if ((i & Distance) == 0) {
      exchange<T, Distance>(rows[i], rows[i + Distance], std::make_integer_sequence<int, kLanes<T>>());
    }
  }
  if constexpr (Distance > 1) {
    transpose_step<T, Distance / 2>(rows);
  }
}

/// Transposes a square of lanes x lanes values in registers: lane j of row i changes places with lane i of
/// row j. log2(lanes) rounds of exchanges, one for each bit of the index (Eklundh's algorithm).
template <class T>
HELDER_INLINE void transpose(Vec<T> (&rows)[kLanes<T>]) {
  transpose_step<T, kLanes<T> / 2>(rows);
}

template <class T, int... Lane>
HELDER_INLINE void unzip_lanes(Vec<T>& a, Vec<T>& b, std::integer_sequence<int, Lane...>) {
  const Vec<T> even = __builtin_shufflevector(a, b, (2 * Lane)...);
  b = __builtin_shufflevector(a, b, (2 * Lane + 1)...);
  a = even;
}

/// Of the 2 x lanes numbers in a, then b: those with even numbers to a, those with odd numbers to b.
template <class T>
HELDER_INLINE void unzip(Vec<T>& a, Vec<T>& b) {
  unzip_lanes<T>(a, b, std::make_integer_sequence<int, kLanes<T>>());
}

}  // namespace helder::kernels::simd
