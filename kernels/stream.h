#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>

#include "kernels/simd.h"

/// Writing large results past the caches. A store to memory that is in no cache first reads the line that it
/// writes to; a streaming store does not, and saves a third of the traffic of reading one tensor and writing
/// another. What was written is then in no cache, so this pays only for what would have left the caches
/// anyway before somebody reads it.
namespace helder::kernels {

/// Results of at least so many bytes are streamed: several times the private caches of some cores.
inline constexpr int64_t kStreamedBytes = int64_t{32} << 20;

template <class T>
bool is_streamed(int64_t numel) {
  return numel >= kStreamedBytes / static_cast<int64_t>(sizeof(T));
}

namespace simd {

/// Stores v at p, which is aligned to kVectorBytes, past the caches.
template <class T>
HELDER_INLINE void stream(T* p, Vec<T> v) {
#if defined(__AVX512F__)
  _mm512_stream_ps(reinterpret_cast<float*>(p), std::bit_cast<__m512>(v));
#elif defined(__AVX2__)
  _mm256_stream_ps(reinterpret_cast<float*>(p), std::bit_cast<__m256>(v));
#else
  store(p, v);
#endif
}

/// Makes what this thread has streamed visible to others before what it writes next.
HELDER_INLINE void finish_streaming() {
#if defined(__AVX512F__) || defined(__AVX2__)
  _mm_sfence();
#endif
}

}  // namespace simd

/// to[0 .. n) = from[0 .. n), past the caches.
template <class T>
void stream_copy(int64_t n, const T* from, T* to) {
  for (; n > 0 && reinterpret_cast<uintptr_t>(to) % simd::kVectorBytes != 0; --n) {
    *to++ = *from++;
  }
  for (; n >= simd::kLanes<T>; n -= simd::kLanes<T>, from += simd::kLanes<T>, to += simd::kLanes<T>) {
    simd::stream(to, simd::load(from));
  }
  for (; n > 0; --n) {
    *to++ = *from++;
  }
}

/// y[0 .. n) in one go, or, when `streamed` (and T is a floating type), in pieces that are computed in the
/// cache and then streamed. body(begin, count, out) writes the numbers begin .. begin + count of y to out[0
/// .. count).
template <class T, class Body>
HELDER_INLINE void write_run(bool streamed, int64_t n, T* y, const Body& body) {
  if constexpr (std::is_floating_point_v<T>) {
    if (streamed) {
      constexpr int64_t kPiece = 1024;
      alignas(simd::kVectorBytes) T piece[kPiece];
      for (int64_t begin = 0; begin < n; begin += kPiece) {
        const int64_t count = n - begin < kPiece ? n - begin : kPiece;
        body(begin, count, static_cast<T*>(piece));
        stream_copy(count, piece, y + begin);
      }
      simd::finish_streaming();
      return;
    }
  }
  body(int64_t{0}, n, y);
}

}  // namespace helder::kernels
