#pragma once

#include <type_traits>

/// CUDA's atomics: the blocks of a grid run on several threads of the system, so they have to be. Relaxed, as
/// CUDA's.

namespace helder::simt {

/// old = *at; *at = change(old); returns old.
template <class T, class Change>
T atomic_update(T* at, Change change) {
  T old, wanted;
  __atomic_load(at, &old, __ATOMIC_RELAXED);
  do {
    wanted = change(old);
  } while (!__atomic_compare_exchange(at, &old, &wanted, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
  return old;
}

template <class T>
concept AtomicInteger = std::is_same_v<T, int> || std::is_same_v<T, unsigned> ||
    std::is_same_v<T, unsigned long long> || std::is_same_v<T, long long>;
template <class T>
concept AtomicNumber = AtomicInteger<T> || std::is_same_v<T, float> || std::is_same_v<T, double>;

template <class T>
using Same = std::type_identity_t<T>;

}  // namespace helder::simt

template <helder::simt::AtomicNumber T>
T atomicAdd(T* at, helder::simt::Same<T> value) {
  return helder::simt::atomic_update(at, [=](T old) { return static_cast<T>(old + value); });
}
template <helder::simt::AtomicInteger T>
T atomicSub(T* at, helder::simt::Same<T> value) {
  return helder::simt::atomic_update(at, [=](T old) { return static_cast<T>(old - value); });
}
template <helder::simt::AtomicInteger T>
T atomicMax(T* at, helder::simt::Same<T> value) {
  return helder::simt::atomic_update(at, [=](T old) { return old < value ? value : old; });
}
template <helder::simt::AtomicInteger T>
T atomicMin(T* at, helder::simt::Same<T> value) {
  return helder::simt::atomic_update(at, [=](T old) { return value < old ? value : old; });
}
template <helder::simt::AtomicInteger T>
T atomicAnd(T* at, helder::simt::Same<T> value) {
  return helder::simt::atomic_update(at, [=](T old) { return old & value; });
}
template <helder::simt::AtomicInteger T>
T atomicOr(T* at, helder::simt::Same<T> value) {
  return helder::simt::atomic_update(at, [=](T old) { return old | value; });
}
template <helder::simt::AtomicInteger T>
T atomicXor(T* at, helder::simt::Same<T> value) {
  return helder::simt::atomic_update(at, [=](T old) { return old ^ value; });
}
template <class T>
requires(helder::simt::AtomicInteger<T> || std::is_same_v<T, float>) T
    atomicExch(T* at, helder::simt::Same<T> value) {
  return helder::simt::atomic_update(at, [=](T) { return value; });
}
template <class T>
requires(helder::simt::AtomicInteger<T> || std::is_same_v<T, unsigned short>) T
    atomicCAS(T* at, helder::simt::Same<T> expected, helder::simt::Same<T> value) {
  __atomic_compare_exchange(at, &expected, &value, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
  return expected;
}
/// old = *at; *at = old >= most ? 0 : old + 1; returns old. The counter of "the last block".
inline unsigned atomicInc(unsigned* at, unsigned most) {
  return helder::simt::atomic_update(at, [=](unsigned old) { return old >= most ? 0 : old + 1; });
}
inline unsigned atomicDec(unsigned* at, unsigned most) {
  return helder::simt::atomic_update(at,
                                     [=](unsigned old) { return old == 0 || old > most ? most : old - 1; });
}
