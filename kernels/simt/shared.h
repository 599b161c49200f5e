#pragma once

#include <cstddef>
#include <string>
#include <type_traits>

#include "kernels/simt/engine.h"

/// Shared memory of a block. A kernel declares it as it does for nvcc, with the type in Shared<>:
///
///   __shared__ Shared<float[16][17]> tile;
///
/// What `tile[i][j]` gives is an Element: it reads and writes like a float, checks its index, and tells the
/// shadow map. &tile[i][j] is a plain pointer, for vector accesses and atomics; nobody checks what it is used
/// for.
namespace helder::simt {

/// An element of shared memory. It only exists where it is used: `auto x = tile[0];` and then x would be a
/// reference here and a copy for nvcc, so using such an x does not compile.
template <class T>
class Element {
 public:
  explicit Element(T* at) : at_(at) {}
  Element(const Element&) = delete;

  operator T() const&& { return *at_; }
  T* operator&() const&& { return at_; }

  const Element& operator=(const T& value) const&& {
    *at_ = value;
    return *this;
  }
  const Element& operator=(const Element&& other) const&& {
    *at_ = *other.at_;
    return *this;
  }
  const Element& operator+=(const T& value) const&& { return set(static_cast<T>(*at_ + value)); }
  const Element& operator-=(const T& value) const&& { return set(static_cast<T>(*at_ - value)); }
  const Element& operator*=(const T& value) const&& { return set(static_cast<T>(*at_ * value)); }
  const Element& operator/=(const T& value) const&& { return set(static_cast<T>(*at_ / value)); }

 private:
  const Element& set(const T& value) const {
    *at_ = value;
    return *this;
  }
  T* at_;
};

[[noreturn]] void fail_index(long long index, size_t extent, Site where);

/// A view of an array in shared memory; of one dimension or more.
template <class T>
class View;

template <class T>
struct Access {
  using Type = Element<T>;
};
template <class T, size_t N>
struct Access<T[N]> {
  using Type = View<T[N]>;
};

template <class T, size_t N>
class View<T[N]> {
 public:
  View(T (*at)[N], Site where) : at_(at), where_(where) {}

  template <class Index>
  requires std::is_integral_v<Index>
  typename Access<T>::Type operator[](Index index) const {
    if (static_cast<size_t>(index) >= N) [[unlikely]] {
      fail_index(static_cast<long long>(index), N, where_);
    }
    if constexpr (std::is_array_v<T>) {
      return View<T>(&(*at_)[index], where_);
    } else {
      return Element<T>(&(*at_)[index]);
    }
  }
  operator T*() const { return *at_; }
  T (*operator&() const)[N] { return at_; }

 private:
  T (*at_)[N];
  Site where_;
};

/// What a kernel declares.
template <class T>
class Shared;

template <class T, size_t N>
class Shared<T[N]> : public View<T[N]> {
 public:
  Shared(Site where = Site::here())
      : Shared(enter_shared(sizeof(T[N]), alignof(T) < 16 ? 16 : alignof(T), where), where) {}
  ~Shared() { leave_shared(slot_); }
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;

 private:
  Shared(SharedSlot* slot, Site where)
      : View<T[N]>(static_cast<T (*)[N]>(shared_memory(slot)), where), slot_(slot) {}
  SharedSlot* slot_;
};

template <class T>
requires(!std::is_array_v<T>) class Shared<T> {
 public:
  Shared(Site where = Site::here())
      : slot_(enter_shared(sizeof(T), alignof(T), where)), at_(static_cast<T*>(shared_memory(slot_))) {}
  ~Shared() { leave_shared(slot_); }
  Shared(const Shared&) = delete;

  operator T() const { return Element<T>(at_); }
  T* operator&() const { return at_; }
  const Shared& operator=(const T& value) const {
    Element<T>{at_} = value;
    return *this;
  }
  const Shared& operator=(const Shared& other) const { return *this = T(other); }
  const Shared& operator+=(const T& value) const { return *this = T(*this) + value; }

 private:
  SharedSlot* slot_;
  T* at_;
};

/// The shared memory whose size the launch gave: as a T*, with checks.
template <class T>
class SharedPointer {
 public:
  SharedPointer(T* at, T* begin, T* end, Site where) : at_(at), begin_(begin), end_(end), where_(where) {}

  template <class Index>
  requires std::is_integral_v<Index> Element<T>
  operator[](Index index) const {
    T* element = at_ + index;
    if (element < begin_ || element >= end_) [[unlikely]] {
      fail_index(element - begin_, static_cast<size_t>(end_ - begin_), where_);
    }
    return Element<T>(element);
  }
  Element<T> operator*() const { return (*this)[0]; }
  SharedPointer operator+(ptrdiff_t count) const { return {at_ + count, begin_, end_, where_}; }
  SharedPointer operator-(ptrdiff_t count) const { return {at_ - count, begin_, end_, where_}; }
  T* get() const { return at_; }

 private:
  T* at_;
  T* begin_;
  T* end_;
  Site where_;
};

}  // namespace helder::simt

namespace helder {

template <class T>
using SharedPointer = simt::SharedPointer<T>;

/// The dynamic shared memory of the block, as Ts.
template <class T>
SharedPointer<T> dynamic_shared(simt::Site where = simt::Site::here()) {
  T* begin = static_cast<T*>(simt::dynamic_shared_memory());
  return {begin, begin, begin + simt::dynamic_shared_bytes() / sizeof(T), where};
}

/// The plain pointer of a SharedPointer, for vector accesses.
template <class T>
T* plain(const simt::SharedPointer<T>& p) {
  return p.get();
}

}  // namespace helder
