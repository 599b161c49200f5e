#pragma once

#include <cstddef>
#include <type_traits>

#include "kernels/simt/engine.h"

/// Shared memory of a block. A kernel declares it as it does for nvcc, with the type in Shared<>:
///
///   __shared__ Shared<float[16][17]> tile;
///
/// What `tile[i][j]` gives is an Element: it reads and writes like a float, after its index was checked.
/// &tile[i][j] is a plain pointer, for vector accesses and atomics; nobody checks what it is used for.
namespace helder::simt {

/// An index, with the line where it is written.
struct Index {
  long long value;
  Site where;

  template <class T>
  requires std::is_integral_v<T> Index(T i, Site place = Site::here())
      : value(static_cast<long long>(i)), where(place) {}
};

/// Throws Error: there are `extent` of them.
[[noreturn]] void fail_index(Index index, size_t extent);

/// An element of shared memory. It only exists where it is used: after `auto x = tile[0];`, x would be a
/// reference here and a copy for nvcc, so using such an x does not compile.
template <class T>
class Element {
 public:
  Element(T* at, bool tracked, Site where) : at_(at), tracked_(tracked), where_(where) {}
  Element(const Element&) = delete;

  operator T() const&& { return get(); }
  T* operator&() const&& { return at_; }

  const Element& operator=(const T& value) const&& { return set(value); }
  const Element& operator=(const Element&& other) const&& { return set(other.get()); }
  const Element& operator+=(const T& value) const&& { return set(static_cast<T>(get() + value)); }
  const Element& operator-=(const T& value) const&& { return set(static_cast<T>(get() - value)); }
  const Element& operator*=(const T& value) const&& { return set(static_cast<T>(get() * value)); }
  const Element& operator/=(const T& value) const&& { return set(static_cast<T>(get() / value)); }
  const Element& operator|=(const T& value) const&& { return set(static_cast<T>(get() | value)); }
  const Element& operator&=(const T& value) const&& { return set(static_cast<T>(get() & value)); }
  const Element& operator++() const&& { return set(static_cast<T>(get() + 1)); }

 private:
  T get() const {
    if (tracked_) [[unlikely]] {
      track_shared(at_, false, where_);
    }
    return *at_;
  }
  const Element& set(const T& value) const {
    if (tracked_) [[unlikely]] {
      track_shared(at_, true, where_);
    }
    *at_ = value;
    return *this;
  }
  T* at_;
  bool tracked_;
  Site where_;
};

/// An array in shared memory, of one dimension or more.
template <class T>
class View;

template <class T, size_t N>
class View<T[N]> {
 public:
  View(T (*at)[N], bool tracked) : at_(at), tracked_(tracked) {}

  auto operator[](Index index) const {
    if (static_cast<size_t>(index.value) >= N) [[unlikely]] {
      fail_index(index, N);
    }
    if constexpr (std::is_array_v<T>) {
      return View<T>(&(*at_)[index.value], tracked_);
    } else {
      return Element<T>(&(*at_)[index.value], tracked_, index.where);
    }
  }
  T (*operator&() const)[N] { return at_; }

 private:
  T (*at_)[N];
  bool tracked_;
};

/// What a kernel declares.
template <class T>
class Shared;

template <class T, size_t N>
class Shared<T[N]> : public View<T[N]> {
 public:
  Shared(Site where = Site::here())
      : Shared(enter_shared(sizeof(T[N]), alignof(T) < 16 ? 16 : alignof(T), where)) {}
  ~Shared() { leave_shared(slot_); }
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;

 private:
  explicit Shared(SharedSlot* slot)
      : View<T[N]>(static_cast<T (*)[N]>(shared_memory(slot)), tracks_shared()), slot_(slot) {}
  SharedSlot* slot_;
};

template <class T>
requires(!std::is_array_v<T>) class Shared<T> {
 public:
  Shared(Site where = Site::here())
      : slot_(enter_shared(sizeof(T), alignof(T), where)),
        at_(static_cast<T*>(shared_memory(slot_))),
        tracked_(tracks_shared()),
        where_(where) {}
  ~Shared() { leave_shared(slot_); }
  Shared(const Shared&) = delete;

  operator T() const { return element(); }
  T* operator&() const { return at_; }
  const Shared& operator=(const T& value) const {
    element() = value;
    return *this;
  }
  const Shared& operator=(const Shared& other) const { return *this = T(other); }
  const Shared& operator+=(const T& value) const { return *this = static_cast<T>(T(*this) + value); }

 private:
  Element<T> element() const { return Element<T>(at_, tracked_, where_); }
  SharedSlot* slot_;
  T* at_;
  bool tracked_;
  Site where_;  // of the declaration
};

/// The shared memory whose size the launch gave: as a T*, with checks.
template <class T>
class SharedPointer {
 public:
  SharedPointer(T* at, T* begin, T* end) : at_(at), begin_(begin), end_(end), tracked_(tracks_shared()) {}

  Element<T> operator[](Index index) const {
    T* element = at_ + index.value;
    if (element < begin_ || element >= end_) [[unlikely]] {
      fail_index({element - begin_, index.where}, static_cast<size_t>(end_ - begin_));
    }
    return Element<T>(element, tracked_, index.where);
  }
  SharedPointer operator+(ptrdiff_t count) const { return {at_ + count, begin_, end_}; }
  SharedPointer operator-(ptrdiff_t count) const { return {at_ - count, begin_, end_}; }
  T* get() const { return at_; }

 private:
  T* at_;
  T* begin_;
  T* end_;
  bool tracked_;
};

}  // namespace helder::simt

namespace helder {

template <class T>
using SharedPointer = simt::SharedPointer<T>;

/// The dynamic shared memory of the block, as Ts.
template <class T>
SharedPointer<T> dynamic_shared() {
  T* begin = static_cast<T*>(simt::dynamic_shared_memory());
  return {begin, begin, begin + simt::dynamic_shared_bytes() / sizeof(T)};
}

/// The plain pointer of a SharedPointer, for vector accesses.
template <class T>
T* plain(const simt::SharedPointer<T>& p) {
  return p.get();
}

}  // namespace helder
