#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "tensor/allocator.h"
#include "tensor/cuda_memory.h"
#include "tensor/device.h"

namespace helder {

/// A block of bytes that one tensor and all its views share, with a count of the in-place changes made to it.
class Storage {
 public:
  explicit Storage(size_t bytes, Device device = Device::Cpu)
      : data_(device == Device::Cpu ? allocate_bytes(bytes) : cuda::allocate_bytes(bytes)),
        bytes_(bytes),
        device_(device) {}
  /// Memory that is not the allocator's, a mapped file's perhaps; `owner` keeps it for as long as the storage
  /// lives.
  Storage(void* data, size_t bytes, std::shared_ptr<const void> owner)
      : data_(data), bytes_(bytes), owner_(std::move(owner)) {}
  ~Storage() {
    if (owner_ == nullptr) {
      device_ == Device::Cpu ? free_bytes(data_, bytes_) : cuda::free_bytes(data_, bytes_);
    }
  }
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  void* data() const { return data_; }
  size_t bytes() const { return bytes_; }
  Device device() const { return device_; }

  /// Rises with each in-place change. Autograd notes it when an op saves a tensor for its backward, and
  /// compares.
  uint64_t version() const { return version_; }
  void bump_version() { ++version_; }

 private:
  void* data_;
  size_t bytes_;
  std::shared_ptr<const void> owner_;  // null when the memory is the allocator's
  uint64_t version_ = 0;
  Device device_ = Device::Cpu;
};

}  // namespace helder
