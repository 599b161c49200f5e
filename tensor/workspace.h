#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "tensor/allocator.h"

namespace helder {

/// Scratch memory for the length of a scope: `count` uninitialised elements from the caching allocator, so
/// that a kernel called again with the same shapes asks the system for nothing. Aligned to 64 bytes.
template <class T>
class Workspace {
  static_assert(std::is_trivially_destructible_v<T>);

 public:
  explicit Workspace(int64_t count)
      : bytes_(static_cast<size_t>(count) * sizeof(T)), data_(static_cast<T*>(allocate_bytes(bytes_))) {}
  ~Workspace() { free_bytes(data_, bytes_); }
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  T* data() const { return data_; }
  T& operator[](int64_t i) const { return data_[i]; }

 private:
  size_t bytes_;
  T* data_;
};

}  // namespace helder
