#pragma once

#include <cstdint>

/// The way from the formula to the attention that the library uses, one idea a rung. Each computes
///
///   out = softmax(scale q k^T) v,   q [L, E], k [S, E], v [S, Ev], out [L, Ev], all contiguous
///
/// on one thread. The tests hold every rung against the others; `./helder bench attention` times them.
///
///   01  naive            the definition: all L x S scores, in memory
///   02  online softmax   a row at a time, each key met once: no scores are kept
///   03  blocks           attention_cpu.cpp: blocks of queries meet blocks of keys, as products in the cache
namespace helder::kernels::ladder {

template <class T>
void attention_naive(int64_t L, int64_t S, int64_t E, int64_t Ev, T scale, const T* q, const T* k, const T* v,
                     T* out);

template <class T>
void attention_online(int64_t L, int64_t S, int64_t E, int64_t Ev, T scale, const T* q, const T* k,
                      const T* v, T* out);

}  // namespace helder::kernels::ladder
