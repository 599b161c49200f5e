#pragma once

#include <cstdint>

#include "tensor/tensor.h"

namespace helder {

/// A tensor that a node keeps for its backward. It notes the storage's version, and refuses to be read once
/// the numbers were changed in place or the graph was freed: a wrong gradient would be worse.
///
/// It keeps the numbers without their history: an op may save its own output without keeping itself alive.
class Saved {
 public:
  Saved(Node& owner, const char* name);
  Saved(const Saved&) = delete;
  Saved& operator=(const Saved&) = delete;

  Saved& operator=(const Tensor& tensor);

  const char* name() const { return name_; }
  bool defined() const { return tensor_.defined(); }
  /// Throws `Error` when the tensor was changed since, or freed by an earlier backward.
  const Tensor& get() const;
  operator const Tensor&() const { return get(); }
  /// For graph printers: the tensor without the checks.
  const Tensor& peek() const { return tensor_; }

  void release();

 private:
  const Node& owner_;
  const char* name_;
  Tensor tensor_;
  uint64_t version_ = 0;
  bool released_ = false;
};

}  // namespace helder
